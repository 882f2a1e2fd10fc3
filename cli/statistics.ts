import type { Random } from "../src/tasks/index.js";

/**
 * The mean of the middle half: of n values the floor(n / 4) least and as many of the greatest are left out, so up to three
 * values have their plain mean. Less at the mercy of one lucky run than a mean, and with less spread than a median.
 * Source: Agarwal, Schwarzer, Castro, Courville, Bellemare 2021 (arXiv 2108.13264), 4.3.
 * @throws RangeError for no values
 */
export function interquartileMean(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("interquartileMean: expected at least one value, got none");
  const cut = Math.floor(values.length / 4);
  const middle = values.toSorted((a, b) => a - b).slice(cut, values.length - cut);
  return middle.reduce((sum, value) => sum + value, 0) / middle.length;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Resamples of a bootstrap, and the share of them that an interval has. */
export const RESAMPLES = 10_000;
export const LEVEL = 0.95;

/**
 * The percentile interval of a statistic, by a stratified bootstrap: as many values as a group has are drawn from it, with
 * replacement, for each group by itself, and the statistic is taken of them all.
 * Source: Efron 1979; stratified as in Agarwal et al. 2021, 4.2.
 *
 * @param groups such as the scores of one task each; a group alone is the plain bootstrap
 * @throws RangeError for an empty group or none
 */
export function bootstrapInterval(
  groups: readonly (readonly number[])[],
  statistic: (values: readonly number[]) => number,
  random: Random,
): Interval {
  if (groups.length === 0 || groups.some((group) => group.length === 0)) {
    throw new RangeError("bootstrapInterval: expected at least one value in every group");
  }
  const values: number[] = new Array(groups.reduce((sum, { length }) => sum + length, 0)).fill(0);
  const drawn = Float64Array.from({ length: RESAMPLES }, () => {
    let k = 0;
    for (const group of groups) {
      for (let i = 0; i < group.length; i++) values[k++] = group[random.integer(group.length)]!;
    }
    return statistic(values);
  }).sort();
  return { low: quantile(drawn, (1 - LEVEL) / 2), high: quantile(drawn, (1 + LEVEL) / 2) };
}

/** Between two values of a sorted list in proportion, the least at 0 and the greatest at 1. */
function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const [low, high] = [sorted[below]!, sorted[Math.min(below + 1, sorted.length - 1)]!];
  return low + (at - below) * (high - low);
}
