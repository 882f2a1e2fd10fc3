import { type Rule, type RuleData, ruleFrom } from "../rules/index.js";
import * as z from "../schema/index.js";

interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

/** An option that is a whole number; `usual` is its default, `words` say what it is, for --help. Bounds are inclusive. */
export const integerOption = (usual: number, words: string, { min, max }: Bounds = {}) =>
  bounded(z.int(), min, max).default(usual).describe(words);

/** An option that is a number. */
export const numberOption = (usual: number, words: string, { min, max }: Bounds = {}) =>
  bounded(z.number(), min, max).default(usual).describe(words);

/** An option that is one of some names. */
export const choiceOption = <Name extends string>(
  usual: NoInfer<Name>,
  words: string,
  names: readonly Name[],
) =>
  z
    .enum(names)
    .default(usual as Name)
    .describe(words);

const bounded = (schema: z.NumberSchema, min?: number, max?: number): z.NumberSchema => {
  const above = min === undefined ? schema : schema.min(min);
  return max === undefined ? above : above.max(max);
};

/** An option that is a plasticity rule: one of those known by name, or any other as data (`ruleData`). */
export function ruleOption<Name extends string>(
  known: Readonly<Record<Name, Rule>>,
  usual: NoInfer<Name>,
  words: string,
): z.Schema<Name | RuleData, Name | RuleData | undefined> {
  const choices = Object.keys(known);
  const read: z.Read = (value, path, faults) => {
    if (choices.includes(value as string) || isRuleData(value)) return value;
    const message = `expected one of ${choices.join(", ")}, or a rule of your own`;
    faults.push({ path, message, got: value });
    return value;
  };
  return new z.Schema<Name | RuleData>(read, { type: "rule", choices }).default(usual).describe(words);
}

const isRuleData = (value: unknown): value is RuleData =>
  typeof value === "object" && value !== null && "weight" in value && "update" in value;

/**
 * The rule that such an option names or holds. Throws a RangeError for a rule of one's own with a fault in it.
 */
export function ruleOf<Name extends string>(
  known: Readonly<Record<Name, Rule>>,
  option: Name | RuleData,
): Rule {
  if (typeof option === "string") return known[option];
  try {
    return ruleFrom(option);
  } catch (error) {
    throw new RangeError(`rule: ${(error as Error).message}`, { cause: error });
  }
}
