const Z = 1.959963984540054;

/**
 * The 95 % interval of a share that was found in `count` trials (Wilson 1927): within [0, 1], and not empty even where
 * every trial went the same way. Throws a RangeError for a share outside [0, 1] or no trial at all.
 */
export function shareInterval(share: number, count: number): { readonly low: number; readonly high: number } {
  if (!(share >= 0 && share <= 1 && count >= 1)) {
    throw new RangeError(
      `shareInterval: expected a share between 0 and 1 of at least one trial, got ${share} of ${count}`,
    );
  }
  const scale = 1 + (Z * Z) / count;
  const middle = (share + (Z * Z) / (2 * count)) / scale;
  const half = (Z / scale) * Math.sqrt((share * (1 - share)) / count + (Z * Z) / (4 * count * count));
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}
