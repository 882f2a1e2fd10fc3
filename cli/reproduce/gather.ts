import type { Metric } from "../../src/training/index.js";
import { aggregateOf, type Estimate, pairingsOf } from "../aggregate.js";
import { type Comparison, comparisonOf, readRuns } from "../comparison.js";
import type { Evidence } from "./judge.js";
import type { NeededRun } from "./needs.js";

/** What the runs of a figure say together. */
export interface Gathered extends Evidence {
  /** By condition, in the figure's order: those with a run that is done. */
  readonly conditions: readonly {
    readonly label: string;
    readonly seeds: readonly number[];
    readonly scores: readonly number[];
    readonly trainedEpisodes: number;
    readonly estimate: Estimate;
    /** Of the code that made the runs: digests, one where all are of one. */
    readonly code: readonly string[];
  }[];
  /** For the figure of learning curves; null without runs. */
  readonly comparison: Comparison | null;
}

export function gather(needed: readonly NeededRun[], metric: Metric): Gathered {
  const done = needed.filter((each) => each.done !== null);
  const folders = [...new Set(done.map((each) => each.done!))];
  const comparison = folders.length > 0 ? comparisonOf(readRuns(folders), metric, { window: 1000 }) : null;
  const runs = comparison?.conditions.flatMap((condition) => condition.runs) ?? [];
  const labels = [...new Set(needed.map(({ condition }) => condition.label))];
  const groups = labels.flatMap((label) => {
    const own = done.filter(({ condition }) => condition.label === label);
    const compared = own.map((each) => runs.find(({ folder }) => folder === each.done)!);
    const aggregate = aggregateOf(compared, metric);
    return aggregate ? [{ label, own, runs: compared, aggregate }] : [];
  });
  return {
    conditions: groups.map(({ label, own, runs: compared, aggregate }) => ({
      label,
      seeds: compared.map(({ seed }) => seed),
      scores: compared.map(({ evaluation }) => Number(evaluation![metric.name])),
      trainedEpisodes: Math.max(...compared.map(({ trainedEpisodes }) => trainedEpisodes)),
      estimate: estimateOf(aggregate),
      code: [...new Set(own.map((each) => each.done!.split("-").at(-1)!))],
    })),
    comparison: comparison && { ...comparison, conditions: named(comparison, groups) },
    estimate(label) {
      const group = groups.find((each) => each.label === label);
      return group ? estimateOf(group.aggregate) : null;
    },
    difference(first, second) {
      const [a, b] = [first, second].map((label) => groups.find((each) => each.label === label));
      if (!a || !b) return null;
      const [pairing] = pairingsOf([b, a], metric);
      return pairing ? { ...estimateOf(pairing), seeds: pairing.seeds.length } : null;
    },
  };
}

const estimateOf = ({ interquartileMean, low, high }: Estimate): Estimate => ({
  interquartileMean,
  ...(low !== undefined && high !== undefined && { low, high }),
});

/** The curves under the figure's own names, in its order. */
const named = (
  { conditions }: Comparison,
  groups: readonly { readonly label: string; readonly runs: readonly { readonly folder: string }[] }[],
): Comparison["conditions"] =>
  groups.flatMap(({ label, runs }) => {
    const found = conditions.find((condition) =>
      condition.runs.some(({ folder }) => folder === runs[0]!.folder),
    );
    return found ? [{ ...found, label }] : [];
  });
