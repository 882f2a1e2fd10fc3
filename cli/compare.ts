import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Metric } from "../src/training/index.js";
import { codeOf, UsageError } from "./exitCodes.js";
import { experimentNamed } from "./experimentNamed.js";
import type { CurveSeries } from "./figures/learningCurve.js";
import { explained, writeAtomic } from "./files.js";
import type { Io } from "./io.js";
import { shownMetric } from "./progress.js";
import { type RunConfig, RunFolder, type RunResult } from "./runFolder.js";

export interface CompareFlags {
  /** Folder for the figure and the numbers behind it. */
  readonly out?: string;
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
  readonly metrics: readonly Readonly<Record<string, number>>[];
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
  const { name, metric } = experimentNamed(runs[0]!.config.experiment);
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

function readRun(path: string): Run {
  const folder = new RunFolder(path);
  const config = folder.readConfig();
  const metrics = folder.readMetrics();
  if (metrics.length === 0) throw new UsageError(`compare: ${path} has no episodes yet; train it first`);
  return { config, metrics, result: folder.readResult() };
}

function conditionsOf(runs: readonly Run[], metric: Metric, flags: CompareFlags): Condition[] {
  const keyOf = ({ config }: Run) => JSON.stringify(config.options);
  const groups = [...new Set(runs.map(keyOf))].map((key) => runs.filter((run) => keyOf(run) === key));
  const options = groups.map((group) => group[0]!.config.options);
  const telling = Object.keys(options[0]!).filter((key) => options.some((o) => o[key] !== options[0]![key]));
  return groups.map((group, k) => ({
    label: telling.map((key) => (key === "network" ? "" : `${key} `) + options[k]![key]).join(", ") || "all",
    runs: group.map(({ config, metrics, result }) => {
      const trainedEpisodes = metrics.at(-1)!.episode!;
      const isPresent = result?.trainedEpisodes === trainedEpisodes;
      return {
        seed: config.seed,
        trainedEpisodes,
        ...(flags.threshold !== undefined && {
          reached: reachedAt(metrics, metric, flags.window, flags.threshold),
        }),
        evaluation: isPresent ? result.evaluation : null,
        ...(result && !isPresent && { earlier: result }),
      };
    }),
    curve: curveOf(group, metric),
  }));
}

/** The curve of some seeds as far as all of them have come. */
function curveOf(group: readonly Run[], { name }: Metric): Condition["curve"] {
  const length = Math.min(...group.map(({ metrics }) => metrics.length));
  const stretch = Math.ceil(length / POINTS);
  const points = [];
  for (let from = 0; from < length; from += stretch) {
    const to = Math.min(from + stretch, length);
    const means = group.map(({ metrics }) => meanOf(metrics, name, from, to));
    points.push({
      episode: group[0]!.metrics[to - 1]!.episode!,
      mean: means.reduce((a, b) => a + b) / means.length,
      low: Math.min(...means),
      high: Math.max(...means),
    });
  }
  return points;
}

function meanOf(metrics: Run["metrics"], name: string, from: number, to: number): number {
  let sum = 0;
  for (let k = from; k < to; k++) sum += metrics[k]![name]!;
  return sum / (to - from);
}

function reachedAt(
  metrics: Run["metrics"],
  { name, better }: Metric,
  window: number,
  threshold: number,
): number | null {
  let sum = 0;
  for (let k = 0; k < metrics.length; k++) {
    sum += metrics[k]![name]!;
    if (k >= window) sum -= metrics[k - window]![name]!;
    const mean = sum / window;
    if (k >= window - 1 && (better === "lower" ? mean <= threshold : mean >= threshold)) {
      return metrics[k]!.episode!;
    }
  }
  return null;
}

/** Leaves the figure as SVG and PNG, and the numbers in it as JSON. Returns the path of the PNG. */
async function draw(
  folder: string,
  name: string,
  metric: Metric,
  about: { readonly conditions: readonly Condition[] },
): Promise<string> {
  // Drawing needs big libraries: loaded when there is something to draw.
  const { learningCurve } = await import("./figures/learningCurve.js");
  const { renderPng } = await import("./figures/png.js");
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
  explained("make the folder", folder, () => mkdirSync(folder, { recursive: true }));
  writeAtomic(join(folder, "comparison.svg"), svg);
  const png = join(folder, "comparison.png");
  writeAtomic(png, await renderPng(svg, PNG_SCALE));
  writeAtomic(join(folder, "comparison.json"), `${JSON.stringify(about)}\n`);
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
      return `  ${label.padEnd(31)} seed ${String(seed).padEnd(4)}${String(trainedEpisodes).padStart(9)} episodes   ${tested}${when}\n`;
    }),
  );
  const asked =
    threshold === undefined
      ? ""
      : `; when the mean of ${window} episodes reached ${shownMetric(metric, threshold)}`;
  return `${name}: ${metric.label} in fresh episodes${asked}\n${lines.join("")}`;
}
