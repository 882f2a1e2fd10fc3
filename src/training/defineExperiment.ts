import * as z from "../schema/index.js";
import { isRecord } from "../schema/object.js";
import {
  type Check,
  countCheck,
  ExperimentError,
  expectFields,
  oneOf,
  optional,
  textCheck,
  whereOf,
} from "./definitionFields.js";
import type { BuildContext, Experiment, ExperimentData, Metric, TrainableModel } from "./experiment.js";
import { shownValue } from "./taskError.js";

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
  /** Training episodes where they depend on options or data; `episodes` unless given. */
  episodesOf?(options: z.output<Schema>, data: ExperimentData | null): number;
  /** 100 unless given. */
  readonly testEpisodes?: number;
  /** Makes the network, its task and its optimizer. Throw a RangeError for options that contradict each other. */
  build(context: BuildContext<z.output<Schema>>): TrainableModel;
}

const TEST_EPISODES = 100;

const NAME = /^[a-z0-9][a-z0-9._-]*$/i;

const metricFields: Readonly<Record<keyof Metric, Check>> = {
  name: textCheck,
  label: optional(textCheck),
  better: oneOf("lower", "higher"),
  show: optional(oneOf("percent", "number")),
  chance: optional([Number.isFinite, "a finite number"]),
  over: optional(oneOf("median", "share")),
};

/** What the fields of an experiment must be. */
export const experimentFields: Readonly<Record<keyof Experiment, Check>> = {
  name: [
    (value) => typeof value === "string" && NAME.test(value),
    'a name of letters, digits, ".", "-" and "_", such as "my-task"',
  ],
  title: optional(textCheck),
  source: optional(textCheck),
  expected: optional(textCheck),
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
  episodes: countCheck,
  episodesOf: optional([(value) => typeof value === "function", "a function"]),
  testEpisodes: optional(countCheck),
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
  const where = whereOf(definition);
  expectFields(where, "", experimentFields, definition);
  expectOptions(where, definition.schema);
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
  expectFields(where, `${at}.`, metricFields, metric);
  return { label: metric.name, show: "number", ...metric };
}

const optionTypes: readonly unknown[] = ["number", "integer", "choice", "rule"];

/** Options are what flags are made of, so each must be the schema of one. */
function expectOptions(where: string, schema: z.ObjectSchema | undefined): void {
  for (const [name, option] of Object.entries(schema?.shape ?? {})) {
    // Not by its class: a module may have a copy of this library beside it, which is told of later, by its network.
    const { facts } = (option ?? {}) as Partial<z.Schema<unknown>>;
    if (isRecord(facts) && optionTypes.includes(facts.type) && facts.default !== undefined) continue;
    throw new ExperimentError(
      `${where}: option ${name}: expected integerOption(...), numberOption(...), choiceOption(...) or ruleOption(...), ` +
        `got ${shownValue(option)}`,
    );
  }
}
