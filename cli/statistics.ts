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
  return intervalOf(() => {
    let k = 0;
    for (const group of groups) {
      for (let i = 0; i < group.length; i++) values[k++] = group[random.integer(group.length)]!;
    }
    return statistic(values);
  });
}

/** Episodes are resampled in so many groups at most: as certain as one by one, and done in a moment for 10,000 of them. */
const GROUPS = 100;

/**
 * The percentile interval of the interquartile mean of runs whose scores are means over episodes, by a bootstrap of two
 * levels: as many runs as there are are drawn, with replacement, and of each as many of its episodes. It holds what other
 * seeds would change, and what other episodes would: one run alone has an interval too. Of more than 100 episodes, neighbours
 * are drawn together.
 *
 * @param runs of each run, a number for each episode
 * @throws RangeError for no run, or one without episodes
 */
export function nestedInterval(runs: readonly (readonly number[])[], random: Random): Interval {
  if (runs.length === 0 || runs.some((episodes) => episodes.length === 0)) {
    throw new RangeError("nestedInterval: expected at least one episode in every run");
  }
  const grouped = runs.map(groupsOf);
  return intervalOf(() => {
    const means = runs.map(() => {
      const groups = grouped[random.integer(runs.length)]!;
      let [sum, count] = [0, 0];
      for (let i = 0; i < groups.length; i++) {
        const drawn = groups[random.integer(groups.length)]!;
        sum += drawn.sum;
        count += drawn.count;
      }
      return sum / count;
    });
    return interquartileMean(means);
  });
}

function groupsOf(episodes: readonly number[]): { readonly sum: number; readonly count: number }[] {
  const groups = Math.min(GROUPS, episodes.length);
  const from = (group: number) => Math.floor((group * episodes.length) / groups);
  return Array.from({ length: groups }, (_, group) => {
    const values = episodes.slice(from(group), from(group + 1));
    return { sum: values.reduce((a, b) => a + b), count: values.length };
  });
}

function intervalOf(resample: () => number): Interval {
  const drawn = Float64Array.from({ length: RESAMPLES }, resample).sort();
  return { low: quantile(drawn, (1 - LEVEL) / 2), high: quantile(drawn, (1 + LEVEL) / 2) };
}

/** Between two values of a sorted list in proportion, the least at 0 and the greatest at 1. */
function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const [low, high] = [sorted[below]!, sorted[Math.min(below + 1, sorted.length - 1)]!];
  return low + (at - below) * (high - low);
}
