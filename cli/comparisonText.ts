import type { Metric } from "../src/training/index.js";
import { type Estimate, scoreOf } from "./aggregate.js";
import type { ComparedRun, Comparison, CurveQuestion } from "./comparison.js";
import { type Cell, csvRow } from "./csv.js";
import { counted, shownMetric } from "./progress.js";
import { LEVEL, RESAMPLES } from "./statistics.js";
import { oneLine } from "./terminalText.js";
import { textColumns } from "./textColumns.js";

/** A comparison for people: a line for each run, then what the runs of each condition say together. */
export function comparisonText(comparison: Comparison, metric: Metric, question: CurveQuestion): string {
  const { experiment, conditions } = comparison;
  const { threshold, window } = question;
  const asked =
    threshold === undefined
      ? ""
      : `; when the mean of ${window} episodes reached ${shownMetric(metric, threshold)}`;
  const runs = conditions.flatMap(({ label, runs: each }) =>
    each.map((run) => [
      oneLine(label),
      `seed ${run.seed}`,
      `${run.trainedEpisodes} episodes`,
      testText(run, metric),
      ...(threshold === undefined ? [] : [run.reached === null ? "never" : `episode ${run.reached}`]),
    ]),
  );
  return [
    `${experiment}: ${metric.label} in fresh episodes${asked}\n`,
    textColumns(runs, { right: [2] }),
    ...together(comparison, metric),
  ].join("");
}

function testText({ evaluation, earlier }: ComparedRun, metric: Metric): string {
  const score = scoreOf(evaluation, metric.name);
  if (score !== null) return shownMetric(metric, score);
  const before = scoreOf(earlier?.evaluation, metric.name);
  if (before === null) return "not tested yet";
  return `not tested yet (${shownMetric(metric, before)} after ${earlier!.trainedEpisodes})`;
}

function* together({ conditions, pairings }: Comparison, metric: Metric): Generator<string> {
  const several = conditions.filter(({ aggregate }) => aggregate !== null && aggregate.runs > 1);
  if (several.length > 0) {
    yield `\nInterquartile mean, and its ${100 * LEVEL} % interval by a bootstrap over runs (${RESAMPLES} resamples):\n`;
    yield textColumns(
      several.flatMap(({ label, aggregate }) => {
        const { runs, byKind } = aggregate!;
        const row = (words: string, estimate: Estimate) => [
          oneLine(label),
          ...estimateCells(metric, estimate),
          words,
        ];
        return [
          row(`${runs} runs`, aggregate!),
          ...(byKind ? [row(`${runs} runs x ${byKind.kinds} kinds of episode`, byKind)] : []),
        ];
      }),
      { right: [1] },
    );
  }
  // One seed says nothing about others, unless its episodes do.
  const paired = pairings.filter(({ low }) => low !== undefined);
  if (paired.length === 0) return;
  const unit = paired.every(({ episodes }) => episodes !== undefined) ? "episode" : "seed";
  yield `\nDifference to ${oneLine(paired[0]!.against)}, ${unit} by ${unit}:\n`;
  yield textColumns(
    paired.map((pairing) => [
      oneLine(pairing.condition),
      ...estimateCells(metric, pairing, signed),
      counted(pairing.seeds.length, "seed") +
        (pairing.episodes === undefined ? "" : ` x ${counted(pairing.episodes, "episode")}`),
    ]),
    { right: [1] },
  );
}

const estimateCells = (
  metric: Metric,
  { interquartileMean, low, high }: Estimate,
  show: typeof shownMetric = shownMetric,
): string[] => [
  show(metric, interquartileMean),
  low === undefined || high === undefined ? "" : `${show(metric, low)} to ${show(metric, high)}`,
];

/** Of a difference: with its sign. */
const signed = (metric: Metric, value: number): string =>
  value > 0 ? `+${shownMetric(metric, value)}` : shownMetric(metric, value);

/**
 * A comparison as a table for spreadsheets and data frames: a row for each run, with its options under `option.`, its test
 * under `test.`, and what the runs of its condition say together.
 */
export function comparisonCsv({ conditions }: Comparison): string {
  const rows = conditions.flatMap(({ label, options, runs, aggregate }) =>
    runs.map(
      ({ folder, seed, trainedEpisodes, reached, evaluation }): Readonly<Record<string, Cell>> => ({
        ...{ folder, condition: label, seed, trainedEpisodes },
        ...(reached !== undefined && { reached }),
        ...flattened("option", options),
        ...flattened("test", evaluation ?? {}),
        interquartileMean: aggregate?.interquartileMean ?? null,
        low: aggregate?.low ?? null,
        high: aggregate?.high ?? null,
      }),
    ),
  );
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return [names, ...rows.map((row) => names.map((name) => row[name] ?? null))].map(csvRow).join("");
}

/** Numbers and texts under their whole names, such as test.secondHalf.zeroed. */
function flattened(prefix: string, values: object): Record<string, Cell> {
  const entries = Object.entries(values).flatMap(([key, value]): [string, Cell][] => {
    const name = `${prefix}.${key}`;
    if (typeof value === "number" || typeof value === "string") return [[name, value]];
    return typeof value === "object" && value !== null ? Object.entries(flattened(name, value)) : [];
  });
  return Object.fromEntries(entries);
}
