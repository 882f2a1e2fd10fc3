import { join } from "node:path";
import type { Metric } from "../src/training/index.js";
import { type Comparison, type Condition, comparisonOf, readRuns } from "./comparison.js";
import { drawnCurves, expectRoomForCurves } from "./comparisonFigure.js";
import { comparisonCsv, comparisonText } from "./comparisonText.js";
import { codeOf, UsageError } from "./exitCodes.js";
import { makeFolder, writeAtomic } from "./files.js";
import type { Io } from "./io.js";
import { experimentOf } from "./ownModules/experimentOf.js";
import { isSweep, runsOfSweep } from "./sweep/sweepFolder.js";
import { oneLine } from "./terminalText.js";

export interface CompareFlags {
  /** Folder for the figure and the numbers behind it. */
  readonly out?: string;
  /** Where the module of the experiment lies now. */
  readonly experiment?: string;
  /** Training episodes over which a threshold's mean is taken. */
  readonly window: number;
  /** A mean of the metric that is to be reached. */
  readonly threshold?: number;
  readonly json?: boolean;
  readonly csv?: boolean;
  /** False with --no-figures. */
  readonly figures: boolean;
}

/** Compares runs of one experiment: learning curves in one figure, seeds joined, and results in one table. */
export async function compare(given: readonly string[], flags: CompareFlags, io: Io): Promise<number> {
  const paths = given.flatMap((path) => (isSweep(path) ? runsOfSweep(path) : [path]));
  const runs = readRuns(paths);
  const { experiment: of, modules } = runs[0]!.config;
  const origin = { path: paths[0]!, experiment: of, modules };
  const { metric } = (await experimentOf(origin, flags.experiment, io)).experiment;
  if (flags.threshold !== undefined) expectPossible(flags.threshold, metric);
  const comparison = comparisonOf(runs, metric, flags);
  for (const note of doubtsAbout(comparison.conditions)) io.stderr.write(`note: ${note}\n`);
  const figure = flags.out === undefined ? null : await leave(flags.out, comparison, metric, flags.figures);
  if (flags.json) io.stdout.write(`${JSON.stringify(comparison)}\n`);
  else if (flags.csv) io.stdout.write(comparisonCsv(comparison));
  else {
    io.stdout.write(comparisonText(comparison, metric, flags));
    if (flags.out === undefined) io.stdout.write("\nLearning curves: --out <folder> draws them\n");
    else io.stdout.write(figure ? `\nLearning curves: ${figure}\n` : `\nNumbers: ${flags.out}\n`);
  }
  return codeOf("ok");
}

/** A threshold that no mean could have is a slip. */
function expectPossible(threshold: number, { name, show, better }: Metric): void {
  const isShare = show === "percent";
  // What is best when it is least is an error: a mean of what is never negative.
  const least = isShare || better === "lower" ? 0 : -Infinity;
  if (threshold >= least && (!isShare || threshold <= 1)) return;
  const range = isShare ? "a share from 0 to 1" : "a number of at least 0";
  throw new UsageError(`--threshold: ${name} is ${range}, got ${threshold}${isShare ? "; 1 % is 0.01" : ""}`);
}

/** What a reader of the numbers should know, in sentences. */
function doubtsAbout(conditions: readonly Condition[]): string[] {
  return conditions.flatMap(({ label, runs }) => {
    const doubts: string[] = [];
    const lengths = new Set(
      runs.filter(({ evaluation }) => evaluation !== null).map(({ trainedEpisodes }) => trainedEpisodes),
    );
    if (lengths.size > 1) {
      doubts.push(
        `${oneLine(label)}: runs of ${[...lengths].join(" and ")} training episodes are taken together`,
      );
    }
    const twice = runs.filter((run, k) => runs.findIndex(({ seed }) => seed === run.seed) < k);
    for (const { seed, folder } of twice) {
      doubts.push(
        `${oneLine(label)}: seed ${seed} is there twice, the second time in ${folder}: its runs are not independent`,
      );
    }
    return doubts;
  });
}

/** Leaves the numbers as JSON and CSV and the figure as SVG and PNG. Returns the figure's path, or null without one. */
async function leave(
  folder: string,
  comparison: Comparison,
  metric: Metric,
  figures: boolean,
): Promise<string | null> {
  if (figures) await expectRoomForCurves(comparison);
  makeFolder(folder);
  writeAtomic(join(folder, "comparison.json"), `${JSON.stringify(comparison)}\n`);
  writeAtomic(join(folder, "comparison.csv"), comparisonCsv(comparison));
  return figures ? drawnCurves(comparison, metric, join(folder, "comparison")) : null;
}
