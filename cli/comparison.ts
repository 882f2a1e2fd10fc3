import { realpathSync } from "node:fs";
import type { Metric } from "../src/training/index.js";
import { type Aggregate, aggregateOf, type Pairing, pairingsOf } from "./aggregate.js";
import { UsageError } from "./exitCodes.js";
import { shortened } from "./fingerprint.js";
import { type Followed, follow } from "./follow.js";
import { countMetrics } from "./metrics.js";
import { type RunConfig, RunFolder, type RunResult } from "./runFolder.js";
import { shownOption } from "./shownOption.js";

/** Points of a curve: more would not be seen. */
const POINTS = 150;

/** A run folder, as far as a comparison reads it. */
export interface ReadRun {
  readonly path: string;
  readonly config: RunConfig;
  /** Its metrics.jsonl, and how many lines that has. */
  readonly metrics: string;
  readonly lines: number;
  /** Of the network of its own `trainedEpisodes`; null before the first test. */
  readonly result: RunResult | null;
}

export interface ComparedRun {
  readonly folder: string;
  readonly seed: number;
  readonly trainedEpisodes: number;
  /** First episode at which the mean over the window before it is as good as the threshold; null if none is. */
  readonly reached?: number | null;
  /** Null if the network of `trainedEpisodes` is not tested yet. */
  readonly evaluation: RunResult["evaluation"] | null;
  /** The last test, where the run has gone on since. */
  readonly earlier?: RunResult;
}

/** Runs that differ in nothing but the seed. */
export interface Condition {
  /** The options, or the data, in which it differs from the others; "all" if there are no others. */
  readonly label: string;
  readonly options: RunConfig["options"];
  readonly runs: readonly ComparedRun[];
  /** What the tests of its runs say together; null before the first. */
  readonly aggregate: Aggregate | null;
  /** Means of the metric over stretches of training, over all seeds, and the lowest and highest seed's. */
  readonly curve: readonly {
    readonly episode: number;
    readonly mean: number;
    readonly low: number;
    readonly high: number;
  }[];
}

export interface Comparison {
  readonly experiment: string;
  readonly metric: string;
  readonly conditions: readonly Condition[];
  /** Every other condition with the first, over the seeds that both have. */
  readonly pairings: readonly Pairing[];
}

/** What `compare` asks of the training curves. */
export interface CurveQuestion {
  /** Training episodes over which a threshold's mean is taken. */
  readonly window: number;
  /** A mean of the metric that is to be reached. */
  readonly threshold?: number;
}

/** Reads run folders of one experiment. Throws a UsageError for one given twice, or without any episode, or a FileError. */
export function readRuns(paths: readonly string[]): ReadRun[] {
  const runs = paths.map(readRun);
  const names = new Set(runs.map(({ config }) => config.experiment));
  if (names.size > 1) {
    throw new UsageError(`compare: expected runs of one experiment, got ${[...names].join(" and ")}`);
  }
  const places = paths.map((path) => realpathSync(path));
  const twice = places.findIndex((place, k) => places.indexOf(place) < k);
  if (twice >= 0) throw new UsageError(`compare: ${paths[twice]} is given twice; leave one of the two out`);
  return runs;
}

function readRun(path: string): ReadRun {
  const folder = new RunFolder(path);
  const config = folder.readConfig();
  const { metrics } = folder.file;
  const lines = countMetrics(metrics);
  if (lines === 0) throw new UsageError(`compare: ${path} has no episodes yet; train it first`);
  return { path, config, metrics, lines, result: folder.readResult() };
}

/** Joins seeds, follows their training, and says what their tests say together. */
export function comparisonOf(runs: readonly ReadRun[], metric: Metric, question: CurveQuestion): Comparison {
  const keyOf = ({ config: { options, data, dataFingerprint } }: ReadRun) =>
    JSON.stringify([options, dataFingerprint ?? data]);
  const groups = [...new Set(runs.map(keyOf))].map((key) => runs.filter((run) => keyOf(run) === key));
  const labels = labelsOf(groups.map((group) => group[0]!.config));
  const conditions = groups.map((group, k): Condition => {
    const length = Math.min(...group.map(({ lines }) => lines));
    const asked = {
      length,
      stretch: Math.ceil(length / POINTS),
      window: question.window,
      threshold: question.threshold,
    };
    const followed = group.map(({ metrics }) => follow(metrics, metric, asked));
    const compared = group.map((run, i) => comparedRun(run, followed[i]!, question));
    return {
      label: labels[k]!,
      options: group[0]!.config.options,
      runs: compared,
      aggregate: aggregateOf(compared, metric),
      curve: joined(followed.map(({ means }) => means)),
    };
  });
  const scores = new Map(runs.map(({ path, result }) => [path, result?.scores ?? []]));
  const pairings = pairingsOf(conditions, metric, ({ folder }) => scores.get(folder)!);
  return { experiment: runs[0]!.config.experiment, metric: metric.name, conditions, pairings };
}

function comparedRun(
  { path, config, result }: ReadRun,
  { trainedEpisodes, reached }: Followed,
  { threshold }: CurveQuestion,
): ComparedRun {
  const isPresent = result?.trainedEpisodes === trainedEpisodes;
  return {
    folder: path,
    seed: config.seed,
    trainedEpisodes,
    ...(threshold !== undefined && { reached }),
    evaluation: isPresent ? result.evaluation : null,
    ...(result && !isPresent && { earlier: result }),
  };
}

/** What tells each of some kinds of runs from the others. */
function labelsOf(kinds: readonly RunConfig[]): string[] {
  const first = kinds[0]!;
  const names = [...new Set(kinds.flatMap(({ options }) => Object.keys(options)))];
  const telling = names.filter((key) =>
    kinds.some(({ options }) => shownOption(options[key]) !== shownOption(first.options[key])),
  );
  const sources = new Set(kinds.map(({ data }) => data));
  const contents = new Set(kinds.map(({ data, dataFingerprint }) => dataFingerprint ?? data));
  return kinds.map(({ options, data, dataFingerprint }) => {
    const parts = telling.map((key) => (key === "network" ? "" : `${key} `) + shownOption(options[key]));
    if (sources.size > 1) parts.push(`data ${data}`);
    // The same place, but other pictures in it by then.
    if (contents.size > sources.size) parts.push(`fingerprint ${shortened(dataFingerprint ?? "unknown")}`);
    return parts.join(", ") || "all";
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
