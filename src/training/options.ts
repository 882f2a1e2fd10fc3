import { z } from "zod";
import type { BuildContext, Experiment, Model } from "./experiment.js";

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
): Model {
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
  const json = z.toJSONSchema(experiment.schema, { io: "input", unrepresentable: "any" });
  return Object.entries(json.properties ?? {}).map(([name, property]) => {
    const { description = "", default: start, type, anyOf } = property as z.core.JSONSchema.BaseSchema;
    const named = anyOf?.[0] as z.core.JSONSchema.BaseSchema | undefined;
    const choices = (property as z.core.JSONSchema.BaseSchema).enum ?? named?.enum;
    const { minimum, maximum, exclusiveMinimum } = property as z.core.JSONSchema.BaseSchema;
    const min = minimum ?? (typeof exclusiveMinimum === "number" ? exclusiveMinimum : undefined);
    return {
      name,
      description,
      type: anyOf ? "rule" : choices ? "choice" : (type as "number" | "integer"),
      default: start as number | string,
      ...(choices && { choices: choices as string[] }),
      ...(min !== undefined && { min }),
      ...(maximum !== undefined && { max: maximum }),
    };
  });
}
