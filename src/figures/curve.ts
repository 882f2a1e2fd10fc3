/** A value of a run, measured at an episode. */
export interface CurvePoint {
  readonly episode: number;
  readonly value: number;
}

/** The share of a curve's points that its running mean averages over. */
export const WINDOW_SHARE = 0.05;
/** Shorter curves have no neighbours within that share: their running mean is the curve itself. */
export const SMOOTHED_FROM = 2 / WINDOW_SHARE;

/**
 * The mean of each point with its neighbours on both sides, in a window of 5 % of the points. At the end the window
 * lacks its right side; at the start, where curves are steep, the right side is short too, not to run ahead of them.
 */
export function runningMean(points: readonly CurvePoint[]): CurvePoint[] {
  const half = Math.floor((points.length * WINDOW_SHARE) / 2);
  const sums = [0];
  for (const { value } of points) sums.push(sums.at(-1)! + value);
  return points.map(({ episode }, i) => {
    const from = Math.max(0, i - half);
    const ahead = Math.min(half, i + Math.floor(half / 5));
    const to = Math.min(points.length, i + ahead + 1);
    return { episode, value: (sums[to]! - sums[from]!) / (to - from) };
  });
}

/**
 * The lowest and the highest point of each of `bins` equal stretches of episodes, in their order: a line through them
 * looks like one through all points where a bin is a pixel wide. Few points are returned as they are.
 */
export function thinned(points: readonly CurvePoint[], bins: number): readonly CurvePoint[] {
  if (points.length <= 2 * bins) return points;
  const first = points[0]!.episode;
  const span = points.at(-1)!.episode - first;
  const kept: CurvePoint[] = [];
  for (let from = 0; from < points.length; ) {
    const bin = (i: number) => Math.floor(((points[i]!.episode - first) / span) * bins);
    let low = from;
    let high = from;
    let to = from + 1;
    for (; to < points.length && bin(to) === bin(from); to++) {
      if (points[to]!.value < points[low]!.value) low = to;
      if (points[to]!.value > points[high]!.value) high = to;
    }
    kept.push(points[Math.min(low, high)]!);
    if (low !== high) kept.push(points[Math.max(low, high)]!);
    from = to;
  }
  return kept;
}
