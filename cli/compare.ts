import { join } from "node:path";
import type { Metric } from "../src/training/index.js";
import { codeOf, UsageError } from "./exitCodes.js";
import type { CurveSeries } from "./figures/learningCurve.js";
import { makeFolder, writeAtomic } from "./files.js";
import { type Followed, follow } from "./follow.js";
import type { Io } from "./io.js";
import { countMetrics } from "./metrics.js";
import { experimentOf } from "./ownModules/experimentOf.js";
import { shownMetric } from "./progress.js";
import { type RunConfig, RunFolder, type RunResult } from "./runFolder.js";
import { shownOption } from "./shownOption.js";
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
}

/** Points of a curve: more would not be seen. */
const POINTS = 150;
const PNG_SCALE = 2;

interface Run {
  readonly config: RunConfig;
  /** Its metrics.jsonl, and how many lines that has. */
  readonly metrics: string;
  readonly lines: number;
  /** Of the network of its own `trainedEpisodes`; null before the first test. */
  readonly result: RunResult | null;
}

/** Runs that differ in nothing but the seed. */
interface Condition {
  /** The options in which it differs from the others; the experiment's name if there are no others. */
  readonly label: string;
  readonly runs: readonly {
    readonly seed: number;
    readonly trainedEpisodes: number;
    /** First episode at which the mean over the window before it is as good as the threshold; null if none is. */
    readonly reached?: number | null;
    /** Null if the network of `trainedEpisodes` is not tested yet. */
    readonly evaluation: RunResult["evaluation"] | null;
    /** The last test, where the run has gone on since. */
    readonly earlier?: RunResult;
  }[];
  /** Means of the metric over stretches of training, over all seeds, and the lowest and highest seed's. */
  readonly curve: readonly {
    readonly episode: number;
    readonly mean: number;
    readonly low: number;
    readonly high: number;
  }[];
}

/** Compares runs of one experiment: learning curves in one figure, seeds joined, and results in one table. */
export async function compare(paths: readonly string[], flags: CompareFlags, io: Io): Promise<number> {
  const runs = paths.map(readRun);
  const names = new Set(runs.map(({ config }) => config.experiment));
  if (names.size > 1) {
    throw new UsageError(`compare: expected runs of one experiment, got ${[...names].join(" and ")}`);
  }
  const { experiment: of, modules } = runs[0]!.config;
  const { experiment } = await experimentOf(
    { path: paths[0]!, experiment: of, modules },
    flags.experiment,
    io,
  );
  const { name, metric } = experiment;
  if (flags.threshold !== undefined) expectPossible(flags.threshold, metric);
  const conditions = conditionsOf(runs, metric, flags);
  const about = { experiment: name, metric: metric.name, conditions };
  const figure = flags.out === undefined ? null : await draw(flags.out, name, metric, about);
  if (flags.json) io.stdout.write(`${JSON.stringify(about)}\n`);
  else {
    io.stdout.write(tableOf(name, metric, conditions, flags));
    io.stdout.write(`\nLearning curves: ${figure ?? "--out <folder> draws them"}\n`);
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

function readRun(path: string): Run {
  const folder = new RunFolder(path);
  const config = folder.readConfig();
  const { metrics } = folder.file;
  const lines = countMetrics(metrics);
  if (lines === 0) throw new UsageError(`compare: ${path} has no episodes yet; train it first`);
  return { config, metrics, lines, result: folder.readResult() };
}

function conditionsOf(runs: readonly Run[], metric: Metric, flags: CompareFlags): Condition[] {
  const keyOf = ({ config }: Run) => JSON.stringify(config.options);
  const groups = [...new Set(runs.map(keyOf))].map((key) => runs.filter((run) => keyOf(run) === key));
  const options = groups.map((group) => group[0]!.config.options);
  const telling = Object.keys(options[0]!).filter((key) =>
    options.some((o) => shownOption(o[key]) !== shownOption(options[0]![key])),
  );
  return groups.map((group, k) => {
    const length = Math.min(...group.map(({ lines }) => lines));
    const { window, threshold } = flags;
    const question = { length, stretch: Math.ceil(length / POINTS), window, threshold };
    const followed = group.map(({ metrics }) => follow(metrics, metric, question));
    return {
      label:
        telling
          .map((key) => (key === "network" ? "" : `${key} `) + shownOption(options[k]![key]))
          .join(", ") || "all",
      runs: group.map(({ config, result }, i) => {
        const { trainedEpisodes, reached } = followed[i]!;
        const isPresent = result?.trainedEpisodes === trainedEpisodes;
        return {
          seed: config.seed,
          trainedEpisodes,
          ...(threshold !== undefined && { reached }),
          evaluation: isPresent ? result.evaluation : null,
          ...(result && !isPresent && { earlier: result }),
        };
      }),
      curve: joined(followed.map(({ means }) => means)),
    };
  });
}

/** The curve of some seeds as far as all of them have come. */
function joined(seeds: readonly Followed["means"][]): Condition["curve"] {
  const points = Math.min(...seeds.map((means) => means.length));
  return Array.from({ length: points }, (_, i) => {
    const means = seeds.map((each) => each[i]!.mean);
    return {
      episode: seeds[0]![i]!.episode,
      mean: means.reduce((a, b) => a + b) / means.length,
      low: Math.min(...means),
      high: Math.max(...means),
    };
  });
}

/** Leaves the figure as SVG and PNG, and the numbers in it as JSON. Returns the path of the PNG. */
async function draw(
  folder: string,
  name: string,
  metric: Metric,
  about: { readonly conditions: readonly Condition[] },
): Promise<string> {
  // Drawing needs big libraries: loaded when there is something to draw.
  const { learningCurve, MOST_CURVES } = await import("./figures/learningCurve.js");
  if (about.conditions.length > MOST_CURVES) {
    throw new UsageError(
      `--out: a figure has room for ${MOST_CURVES} curves, got ${about.conditions.length} kinds of runs; ` +
        "compare fewer, or leave --out out",
    );
  }
  const { canRasterise, renderPng } = await import("./figures/png.js");
  const [factor, unit] = metric.show === "percent" ? [100, " (%)"] : [1, ""];
  const series = about.conditions.map(({ label, runs, curve }): CurveSeries => {
    const points = curve.map(({ episode, mean }) => ({ episode, value: factor * mean }));
    if (runs.length === 1) return { label, points };
    const spread = curve.map(({ episode, low, high }) => ({
      episode,
      low: factor * low,
      high: factor * high,
    }));
    return { label, points, band: { label: `lowest to highest of ${runs.length} seeds`, points: spread } };
  });
  const svg = learningCurve({
    title: `${name}: learning curves`,
    series,
    yLabel: `${metric.label}${unit}`,
    lines: "exact",
    ...(metric.chance !== undefined && {
      baselines: [{ label: "without memory", value: factor * metric.chance }],
    }),
  });
  makeFolder(folder);
  writeAtomic(join(folder, "comparison.json"), `${JSON.stringify(about)}\n`);
  const vector = join(folder, "comparison.svg");
  writeAtomic(vector, svg);
  if (!(await canRasterise())) return vector;
  const png = join(folder, "comparison.png");
  writeAtomic(png, await renderPng(svg, PNG_SCALE));
  return png;
}

function scoreOf(metric: Metric, evaluation: RunResult["evaluation"] | null): string | null {
  const score = evaluation?.[metric.name];
  return typeof score === "number" ? shownMetric(metric, score) : null;
}

function tableOf(
  name: string,
  metric: Metric,
  conditions: readonly Condition[],
  { threshold, window }: CompareFlags,
): string {
  const lines = conditions.flatMap(({ label, runs }) =>
    runs.map(({ seed, trainedEpisodes, reached, evaluation, earlier }) => {
      const score = scoreOf(metric, evaluation);
      const before = earlier && scoreOf(metric, earlier.evaluation);
      const tested =
        score ?? (before ? `not tested yet (${before} after ${earlier.trainedEpisodes})` : "not tested yet");
      const when = threshold === undefined ? "" : `   ${reached === null ? "never" : `episode ${reached}`}`;
      return `  ${oneLine(label).padEnd(31)} seed ${String(seed).padEnd(4)}${String(trainedEpisodes).padStart(9)} episodes   ${tested}${when}\n`;
    }),
  );
  const asked =
    threshold === undefined
      ? ""
      : `; when the mean of ${window} episodes reached ${shownMetric(metric, threshold)}`;
  return `${name}: ${metric.label} in fresh episodes${asked}\n${lines.join("")}`;
}
