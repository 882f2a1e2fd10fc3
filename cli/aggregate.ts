import { random } from "../src/tasks/index.js";
import type { Metric } from "../src/training/index.js";
import type { ComparedRun, Condition } from "./comparison.js";
import { bootstrapInterval, type Interval, interquartileMean, nestedInterval } from "./statistics.js";

/** The interquartile mean of some scores, and its bootstrap interval; none where there is one run alone. */
export interface Estimate extends Partial<Interval> {
  readonly interquartileMean: number;
}

/** What the tests of runs that differ in the seed say together. */
export interface Aggregate extends Estimate {
  /** Tested runs. */
  readonly runs: number;
  /**
   * Where a test gives the metric for each kind of episode too (such as alphabets): over all runs and kinds, each kind
   * counting the same, resampled by itself.
   */
  readonly byKind?: Estimate & { readonly kinds: number };
}

/** What a condition has more of the metric than the first, over the seeds that both were tested with. */
export interface Pairing extends Estimate {
  readonly condition: string;
  readonly against: string;
  readonly seeds: readonly number[];
  /** The test episodes of each seed, where every one of them is paired: the interval is over seeds and episodes. */
  readonly episodes?: number;
}

/** The metric of each test episode of a run, in their order; empty where it is not known. */
export type ScoresOf = (run: ComparedRun) => readonly number[];

/** Bootstraps of one comparison draw from streams of one seed: it says the same each time. */
const SEED = 0;

function estimate(groups: readonly (readonly number[])[], stream: string): Estimate {
  const middle = interquartileMean(groups.flat());
  if (groups[0]!.length < 2) return { interquartileMean: middle };
  const interval = bootstrapInterval(groups, interquartileMean, random(SEED, `compare ${stream}`, 0));
  return { interquartileMean: middle, ...interval };
}

/** Null where no run is tested. */
export function aggregateOf(runs: readonly ComparedRun[], { name }: Metric): Aggregate | null {
  const tests = runs.flatMap(({ evaluation }) => (scoreOf(evaluation, name) === null ? [] : [evaluation!]));
  if (tests.length === 0) return null;
  const scores = (key: string) => tests.map((test) => Number(test[key]));
  const kinds = Object.keys(tests[0]!).filter(
    (key) => key.startsWith(`${name}.`) && tests.every((test) => scoreOf(test, key) !== null),
  );
  return {
    runs: tests.length,
    ...estimate([scores(name)], "runs"),
    ...(kinds.length > 1 && {
      byKind: { kinds: kinds.length, ...estimate(kinds.map(scores), "kinds") },
    }),
  };
}

/**
 * Pairs each condition with the first by seed: runs of one seed are tested on episodes of one stream of random numbers, the
 * same ones where both have the same task. A seed that a condition has twice, or that was tested on another number of
 * episodes, pairs with none. Where the metric is a mean over episodes, and known for each, the differences of single episodes
 * are resampled too; what made an episode hard for both then widens the interval of neither.
 */
export function pairingsOf(
  conditions: readonly Pick<Condition, "label" | "runs">[],
  { name, over }: Metric,
  scoresOf: ScoresOf = () => [],
): Pairing[] {
  const [first, ...others] = conditions;
  return others.flatMap((other) => {
    const pairs = first!.runs.flatMap((one) => {
      const [a, b] = [onlyOf(first!, one.seed), onlyOf(other, one.seed)];
      const [before, after] = [scoreOf(a?.evaluation, name), scoreOf(b?.evaluation, name)];
      if (before === null || after === null || !isSameTest(a!, b!)) return [];
      const [of, to] = [scoresOf(a!), scoresOf(b!)];
      const episodes = of.length === to.length ? to.map((score, k) => score - of[k]!) : [];
      return [{ seed: one.seed, difference: after - before, episodes }];
    });
    if (pairs.length === 0) return [];
    const differences = pairs.map(({ difference }) => difference);
    const between = {
      condition: other.label,
      against: first!.label,
      seeds: pairs.map(({ seed }) => seed),
    };
    const episodes = pairs.map((pair) => pair.episodes);
    // The difference of two medians is no mean of differences.
    if (over === "median" || episodes.some((each) => each.length === 0)) {
      return { ...between, ...estimate([differences], "pairs") };
    }
    return {
      ...between,
      episodes: Math.min(...episodes.map(({ length }) => length)),
      interquartileMean: interquartileMean(differences),
      ...nestedInterval(episodes, random(SEED, "compare episodes", 0)),
    };
  });
}

/** The run of a seed, where there is one and no second. */
function onlyOf({ runs }: Pick<Condition, "runs">, seed: number): ComparedRun | null {
  const found = runs.filter((run) => run.seed === seed);
  return found.length === 1 ? found[0]! : null;
}

const isSameTest = (a: ComparedRun, b: ComparedRun): boolean =>
  ["seed", "episodes"].every((key) => a.evaluation![key] === b.evaluation![key]);

/** A number of a test; null where there is none. */
export function scoreOf(
  evaluation: Readonly<Record<string, unknown>> | null | undefined,
  name: string,
): number | null {
  const score = evaluation?.[name];
  return typeof score === "number" ? score : null;
}
