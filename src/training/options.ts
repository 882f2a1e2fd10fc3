import { z } from "zod";
import type { BuildContext, Experiment, TrainableModel } from "./experiment.js";

/** An experiment's options are out of range, of the wrong type, or unknown. */
export class OptionsError extends Error {
  override readonly name = "OptionsError";
}

/** Checks options against an experiment's schema and fills in the defaults. Throws an OptionsError naming each fault. */
export function resolveOptions<Schema extends z.ZodObject>(
  experiment: Experiment<Schema>,
  options: unknown = {},
): z.output<Schema> {
  const result = experiment.schema.strict().safeParse(options);
  if (result.success) return result.data as z.output<Schema>;
  const faults = result.error.issues.map((issue) => {
    if (issue.code === "unrecognized_keys") {
      return `unknown option ${issue.keys.join(", ")}; ${experiment.name} has ${Object.keys(experiment.schema.shape).join(", ")}`;
    }
    return `${issue.path.join(".")}: ${issue.message}, got ${JSON.stringify(valueAt(options, issue.path))}`;
  });
  throw new OptionsError(`${experiment.name}: ${faults.join("; ")}`);
}

/** Builds the experiment's model. Throws an OptionsError where options contradict each other or need too much memory. */
export function buildModel<Schema extends z.ZodObject>(
  experiment: Experiment<Schema>,
  context: BuildContext<z.output<Schema>>,
): TrainableModel {
  try {
    return experiment.build(context);
  } catch (error) {
    if (error instanceof RangeError) throw new OptionsError(error.message, { cause: error });
    throw error;
  }
}

const valueAt = (options: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], options);

/** One option of an experiment, as command-line flags, sliders and tables need it. */
export interface OptionDescription {
  readonly name: string;
  readonly description: string;
  readonly type: "number" | "integer" | "choice";
  readonly default: number | string;
  /** Of a choice. */
  readonly choices?: readonly string[];
  /** Of a number, where bounded; exclusive bounds are given as they are. */
  readonly min?: number;
  readonly max?: number;
}

/** The options of an experiment in the schema's order. */
export function describeOptions(experiment: Pick<Experiment, "schema">): OptionDescription[] {
  const json = z.toJSONSchema(experiment.schema, { io: "input" });
  return Object.entries(json.properties ?? {}).map(([name, property]) => {
    const {
      description = "",
      default: start,
      type,
      enum: choices,
    } = property as z.core.JSONSchema.BaseSchema;
    const { minimum, maximum, exclusiveMinimum } = property as z.core.JSONSchema.BaseSchema;
    const min = minimum ?? (typeof exclusiveMinimum === "number" ? exclusiveMinimum : undefined);
    return {
      name,
      description,
      type: choices ? "choice" : (type as "number" | "integer"),
      default: start as number | string,
      ...(choices && { choices: choices as string[] }),
      ...(min !== undefined && { min }),
      ...(maximum !== undefined && { max: maximum }),
    };
  });
}
