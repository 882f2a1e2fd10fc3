import * as z from "../schema/index.js";
import { isRecord } from "../schema/object.js";
import type { BuildContext, Experiment, ExperimentData, Metric, TrainableModel } from "./experiment.js";
import { shownValue } from "./taskError.js";

/** An experiment cannot be what it was defined as; the message names the field, what was expected and what was got. */
export class ExperimentError extends Error {
  override readonly name = "ExperimentError";
}

/** A metric of one's own; the label is its name, and it is shown as a number, unless something else is given. */
export type MetricDefinition = Pick<Metric, "name" | "better"> & Partial<Metric>;

/** What an experiment of one's own must say; all else has a default. */
export interface ExperimentDefinition<Schema extends z.ObjectSchema> {
  /** Letters, digits, ".", "-" and "_": run folders are named after it. */
  readonly name: string;
  readonly title?: string;
  readonly source?: string;
  readonly expected?: string;
  readonly departures?: readonly string[];
  /** Its options; none unless given. */
  readonly schema?: Schema;
  readonly metric: MetricDefinition;
  readonly others?: readonly MetricDefinition[];
  readonly testOptions?: Readonly<Record<string, unknown>>;
  readonly needsImages?: Experiment["needsImages"];
  readonly presets?: Experiment["presets"];
  readonly episodes: number;
  episodesOf?(options: z.output<Schema>, data: ExperimentData | null): number;
  /** 100 unless given. */
  readonly testEpisodes?: number;
  build(context: BuildContext<z.output<Schema>>): TrainableModel;
}

const TEST_EPISODES = 100;

/** What a field must be: a test, and the words for it. */
type Check = readonly [isRight: (value: unknown) => boolean, words: string];

const text: Check = [(value) => typeof value === "string", "a string"];
const optional = ([isRight, words]: Check): Check => [
  (value) => value === undefined || isRight(value),
  `${words}, or nothing`,
];
const oneOf = (...values: readonly unknown[]): Check => [
  (value) => values.includes(value),
  values.map((value) => JSON.stringify(value)).join(" or "),
];
const count: Check = [
  (value) => Number.isSafeInteger(value) && (value as number) >= 1,
  "a whole number of at least 1",
];

const NAME = /^[a-z0-9][a-z0-9._-]*$/i;

const metricFields: Readonly<Record<keyof Metric, Check>> = {
  name: text,
  label: optional(text),
  better: oneOf("lower", "higher"),
  show: optional(oneOf("percent", "number")),
  chance: optional([Number.isFinite, "a finite number"]),
  over: optional(oneOf("median", "share")),
};

const fields: Readonly<Record<keyof Experiment, Check>> = {
  name: [
    (value) => typeof value === "string" && NAME.test(value),
    'a name of letters, digits, ".", "-" and "_", such as "my-task"',
  ],
  title: optional(text),
  source: optional(text),
  expected: optional(text),
  departures: optional([
    (value) => Array.isArray(value) && value.every((each) => typeof each === "string"),
    "a list of strings",
  ]),
  schema: optional([
    (value) => isRecord(value) && isRecord(value.shape) && typeof value.check === "function",
    "a schema of options",
  ]),
  metric: [isRecord, 'an object such as { name: "error", better: "lower" }'],
  others: optional([(value) => Array.isArray(value) && value.every(isRecord), "a list of metrics"]),
  testOptions: optional([isRecord, "an object"]),
  needsImages: optional(oneOf(false, "pictures", "characters", "text")),
  presets: optional([
    (value) => isRecord(value) && Object.values(value).every(isRecord),
    "sets of options by name, such as { large: { neurons: 1000 } }",
  ]),
  episodes: count,
  episodesOf: optional([(value) => typeof value === "function", "a function"]),
  testEpisodes: optional(count),
  build: [(value) => typeof value === "function", "a function that makes a model"],
};

/**
 * Checks an experiment and fills in what it does not say. Given a whole experiment it returns an equal one.
 *
 * @throws ExperimentError that names the first field that is missing, wrong or unknown
 */
export function defineExperiment<Schema extends z.ObjectSchema = z.ObjectSchema>(
  definition: ExperimentDefinition<Schema>,
): Experiment<Schema> {
  if (!isRecord(definition)) {
    throw new ExperimentError(`an experiment must be an object, got ${shownValue(definition)}`);
  }
  const given: unknown = definition.name;
  const where = typeof given === "string" ? `experiment ${JSON.stringify(given)}` : "experiment";
  check(where, "", fields, definition);
  const metric = wholeMetric(where, "metric", definition.metric);
  const { title = definition.name, source = "", expected = "", departures = [], others = [] } = definition;
  return {
    ...definition,
    ...{ title, source, expected, departures, metric },
    schema: definition.schema ?? (z.object({}) as unknown as Schema),
    others: others.map((other, k) => wholeMetric(where, `others[${k}]`, other)),
    needsImages: definition.needsImages ?? false,
    testEpisodes: definition.testEpisodes ?? TEST_EPISODES,
  };
}

function wholeMetric(where: string, at: string, metric: MetricDefinition): Metric {
  check(where, `${at}.`, metricFields, metric);
  return { label: metric.name, show: "number", ...metric };
}

function check(where: string, at: string, known: Readonly<Record<string, Check>>, value: object): void {
  for (const [field, [isRight, words]] of Object.entries(known)) {
    const got = (value as Readonly<Record<string, unknown>>)[field];
    if (isRight(got)) continue;
    throw new ExperimentError(`${where}: ${at}${field}: expected ${words}, got ${shownValue(got)}`);
  }
  const unknown = Object.keys(value).find((field) => !Object.hasOwn(known, field));
  if (unknown === undefined) return;
  throw new ExperimentError(
    `${where}: ${at}${unknown}: there is no such field; there are ${Object.keys(known).join(", ")}`,
  );
}
