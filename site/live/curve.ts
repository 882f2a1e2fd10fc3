/** Means over `window` episodes up to each one. */
export function smoothed(losses: readonly number[], window: number): number[] {
  return losses.map((_, k) => {
    const some = losses.slice(Math.max(0, k + 1 - window), k + 1);
    return some.reduce((sum, loss) => sum + loss, 0) / some.length;
  });
}

export interface Frame {
  readonly width: number;
  readonly height: number;
  /** The largest value that is shown; what lies above it is cut off. */
  readonly top: number;
}

/** A line of an SVG path: from left to right in equal steps, 0 at the bottom. Values that are no numbers leave a gap. */
export function pathOf(values: readonly number[], { width, height, top }: Frame): string {
  let pen = "M";
  return values
    .map((value, k) => {
      if (!Number.isFinite(value)) {
        pen = "M";
        return "";
      }
      const x = (width * k) / Math.max(1, values.length - 1);
      const y = height * (1 - Math.min(value, top) / top);
      const point = `${pen}${x.toFixed(1)} ${y.toFixed(1)}`;
      pen = "L";
      return point;
    })
    .join("");
}
