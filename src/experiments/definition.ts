import * as z from "../schema/index.js";
import { experimentFields } from "../training/defineExperiment.js";
import {
  type Check,
  ExperimentError,
  expectFields,
  optional,
  whereOf,
} from "../training/definitionFields.js";
import { type ExperimentDefinition, shownValue } from "../training/index.js";

/** Options by name, as `integerOption` and its likes make them. */
export type OptionShape = z.ObjectShape;

/** What such options are once they are chosen. */
export type Options<Shape extends OptionShape> = { readonly [Name in keyof Shape]: z.output<Shape[Name]> };

/** What an experiment says of itself, whatever its network and task. */
export type ExperimentWords = Omit<ExperimentDefinition<z.ObjectSchema>, "schema" | "metric" | "build">;

const isObject = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);
const object: Check = [isObject, "an object"];

/** A field that must be a function. */
export const aFunction = (words: string): Check => [(value) => typeof value === "function", words];
/** A loss: what its targets are, and how it comes of them. */
export const aLoss: Check = [
  (value) => isObject(value) && "targets" in (value as object) && "of" in (value as object),
  "a loss, such as meanSquaredError, classCrossEntropy or { targets, of }",
];
/** A metric in the place of the usual one. */
export const aMetric: Check = optional(experimentFields.metric);
export { optional };

const { schema: _schema, build: _build, metric: _metric, ...words } = experimentFields;

/**
 * Looks through what a builder of experiments was given, so that a slip in a name is found where it was made and not as a default
 * that nobody asked for.
 *
 * @param fields what the builder takes besides what every experiment says of itself
 * @param start the options that `usual` is to change the defaults of
 * @throws ExperimentError for a field, or a default in `usual`, that is unknown, missing or wrong
 */
export function expectDefinition(
  definition: object,
  fields: Readonly<Record<string, Check>>,
  start: OptionShape,
): void {
  if (!isObject(definition)) {
    throw new ExperimentError(`an experiment must be an object, got ${shownValue(definition)}`);
  }
  const where = whereOf(definition);
  const known = { ...words, usual: optional(object), options: optional(object), ...fields };
  expectFields(where, "", known, definition);
  const { usual = {} } = definition as { readonly usual?: object };
  const names = Object.keys(start);
  expectFields(where, "usual.", Object.fromEntries(names.map((name) => [name, anything])), usual);
  const checked = z.object(start).check(usual);
  if ("faults" in checked) {
    throw new ExperimentError(`${where}: usual.${checked.faults.map(z.faultText).join("; ")}`);
  }
}

const anything: Check = [() => true, "anything"];
