import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { deviceKinds } from "../../src/devices/kinds.js";
import type { Metric } from "../../src/training/index.js";
import { aggregateOf, type Estimate, pairingsOf } from "../aggregate.js";
import { type Comparison, comparisonOf, readRuns } from "../comparison.js";
import { RunFolder } from "../runFolder.js";
import { episodesLived, isDone } from "../sweep/runState.js";
import { runPath, type SweepRun, sweepRun } from "../sweep/sweepRun.js";
import type { Condition, Figure, ScaleName } from "./figure.js";
import type { Evidence } from "./judge.js";

/** A run that a figure needs. */
export interface NeededRun {
  readonly condition: Condition;
  readonly run: SweepRun;
  /** The folder of a run of this configuration that has a result, whatever code and device made it; null if there is none. */
  readonly done: string | null;
}

/** Devices differ by rounding alone, which no claim rests on: what one of them has made is as good. */
const devices = ["auto", ...deviceKinds];

/** What a figure needs at a scale, and what of it there is in a folder. */
export async function neededRuns(
  folder: string,
  figure: Figure,
  { scale, seeds, device }: { readonly scale: ScaleName; readonly seeds?: number; readonly device: string },
): Promise<NeededRun[]> {
  const { experiment, data, scales } = figure.run;
  const { conditions, seeds: usual } = scales[scale];
  const needed: NeededRun[] = [];
  for (const condition of conditions) {
    for (let seed = 0; seed < (seeds ?? usual); seed++) {
      const { options, episodes } = condition;
      const on = (kind: string) => sweepRun({ experiment, options, seed, episodes, data, device: kind });
      const run = await on(device);
      let done = doneFolder(folder, run);
      for (const kind of devices) done ??= kind === device ? null : doneFolder(folder, await on(kind));
      needed.push({ condition, run, done });
    }
  }
  return needed;
}

/** That of this code first; then one of other code. */
function doneFolder(folder: string, run: SweepRun): string | null {
  if (isDone(folder, run)) return runPath(folder, run);
  const runs = join(folder, "runs");
  if (!existsSync(runs)) return null;
  const sameConfiguration = `${run.experiment.name}-seed${run.seed}-${run.configuration}-`;
  const names = readdirSync(runs).filter((name) => name.startsWith(sameConfiguration));
  const found = names.sort().find((name) => isDone(folder, { ...run, name }));
  return found === undefined ? null : join(runs, found);
}

/** Processor seconds that are still to be spent on runs: as measured by those of the same condition, else as estimated. */
export function costLeft(folder: string, needed: readonly NeededRun[]): number {
  const left = needed.filter(({ done }) => done === null);
  return left.reduce((sum, { condition, run }) => {
    const measured = needed.flatMap((other) =>
      other.condition === condition && other.done !== null ? [secondsIn(other.done)] : [],
    );
    const whole =
      measured.length > 0
        ? measured.reduce((a, b) => a + b, 0) / measured.length
        : condition.secondsAnEpisode * run.episodes;
    return sum + whole * (1 - shareLived(folder, run));
  }, 0);
}

const shareLived = (folder: string, run: SweepRun): number =>
  Math.min(1, episodesLived(runPath(folder, run)) / Math.max(1, run.episodes));

/** Wall-clock seconds of training; of one thread, they are about the processor's on a machine that is not overbooked. */
const secondsIn = (path: string): number =>
  lines(new RunFolder(path).file.timing).reduce((sum, line) => sum + Number(JSON.parse(line).seconds), 0);

const lines = (path: string): string[] =>
  existsSync(path) ? readFileSync(path, "utf8").trim().split("\n").filter(Boolean) : [];

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
