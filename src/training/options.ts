import { didYouMean } from "../formulas/errors.js";
import * as z from "../schema/index.js";
import { Parameter } from "../tape/index.js";
import { ExperimentError } from "./definitionFields.js";
import type { BuildContext, Experiment, ExperimentData, TrainableModel } from "./experiment.js";
import { shownValue } from "./taskError.js";

/** An experiment's options are out of range, of the wrong type, or unknown. */
export class OptionsError extends Error {
  override readonly name = "OptionsError";
}

/** Checks options against an experiment's schema and fills in the defaults. Throws an OptionsError naming each fault. */
export function resolveOptions<Schema extends z.ObjectSchema>(
  experiment: Experiment<Schema>,
  options: unknown = {},
): z.output<Schema> {
  const checked = experiment.schema.strict().check(options);
  if ("value" in checked) return checked.value as z.output<Schema>;
  const names = Object.keys(experiment.schema.shape);
  const faults = checked.faults.map((fault) =>
    fault.unknownKeys
      ? `unknown option ${fault.unknownKeys.join(", ")}; ${experiment.name} has ${names.join(", ")}` +
        didYouMean(fault.unknownKeys[0]!, names)
      : z.faultText(fault),
  );
  throw new OptionsError(`${experiment.name}: ${faults.join("; ")}`);
}

/** Training episodes of a run that does not say otherwise. Throws an OptionsError where the data is not enough for the options. */
export function usualEpisodes<Schema extends z.ObjectSchema>(
  experiment: Experiment<Schema>,
  options: z.output<Schema>,
  data: ExperimentData | null,
): number {
  return optionsFault(() => experiment.episodesOf?.(options, data) ?? experiment.episodes);
}

/** What a model is built with; the data is of the kind that the experiment needs. */
export type ModelContext<Options> = Omit<BuildContext<Options>, "images" | "text"> & {
  readonly images: ExperimentData | null;
};

/** Builds the experiment's model. Throws an OptionsError where options contradict each other or need too much memory. */
export function buildModel<Schema extends z.ObjectSchema>(
  experiment: Experiment<Schema>,
  { images: data, ...context }: ModelContext<z.output<Schema>>,
): TrainableModel {
  const text = data && "text" in data ? data : null;
  const images = data && !("text" in data) ? data : null;
  return optionsFault(() => expectModel(experiment, experiment.build({ ...context, images, text })));
}

function optionsFault<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError) throw new OptionsError(error.message, { cause: error });
    throw error;
  }
}

/** One option of an experiment, as command-line flags, sliders and tables need it. */
export interface OptionDescription {
  readonly name: string;
  readonly description: string;
  /** A rule is one of the choices, or any other as data (`ruleData`). */
  readonly type: "number" | "integer" | "choice" | "rule";
  readonly default: number | string;
  /** Of a choice or a rule: the names. */
  readonly choices?: readonly string[];
  /** Of a number, where bounded; exclusive bounds are given as they are. */
  readonly min?: number;
  readonly max?: number;
}

/** The options of an experiment in the schema's order. */
export function describeOptions(experiment: Pick<Experiment, "schema">): OptionDescription[] {
  return Object.entries(experiment.schema.shape).map(([name, { facts }]) => {
    const { description = "", default: start, type, choices } = facts;
    // Beyond these, float64 has no whole numbers of its own.
    const exact = type === "integer" ? Number.MAX_SAFE_INTEGER : undefined;
    const { min = exact && -exact, max = exact } = facts;
    return {
      name,
      description,
      type: type as OptionDescription["type"],
      default: start as number | string,
      ...(choices && { choices }),
      ...(min !== undefined && { min }),
      ...(max !== undefined && { max }),
    };
  });
}

const MODEL = ["parameters", "rules", "network", "batch", "prepare", "live", "release"] as const;

/** Throws an ExperimentError unless it is a model, made of this copy of the library. */
function expectModel(
  { name }: Pick<Experiment, "name">,
  model: TrainableModel | null | undefined,
): TrainableModel {
  const where = `experiment ${JSON.stringify(name)}: build`;
  const missing =
    MODEL.find((field) => (model as TrainableModel | undefined)?.[field] === undefined) ??
    (model?.adam || model?.sgd ? undefined : "adam or sgd");
  if (!model || missing !== undefined) {
    const what = model && typeof model === "object" ? `a model with ${missing}` : "a model";
    throw new ExperimentError(`${where}: expected ${what}, got ${shownValue(model)}`);
  }
  if (model.parameters.every((parameter) => parameter instanceof Parameter)) return model;
  throw new ExperimentError(
    `${where}: its network is made of another copy of hebbian than the one that trains it; install hebbian once, beside the ` +
      "module, and call that one: npx hebbian",
  );
}
