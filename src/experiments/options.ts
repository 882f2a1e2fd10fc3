import { z } from "zod";
import { type Rule, type RuleData, ruleFrom } from "../rules/index.js";
import { namesOf } from "./networks.js";

interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

/** An option that is a whole number; `usual` is its default, `words` say what it is, for --help. Bounds are inclusive. */
export const integer = (usual: number, words: string, { min, max }: Bounds = {}) =>
  bounded(z.int(), min, max).default(usual).describe(words);

/** An option that is a number. */
export const number = (usual: number, words: string, { min, max }: Bounds = {}) =>
  bounded(z.number(), min, max).default(usual).describe(words);

/** An option that is one of some names. */
export const choice = <Name extends string>(usual: NoInfer<Name>, words: string, names: readonly Name[]) =>
  z
    .enum(names as unknown as [Name, ...Name[]])
    .default(usual as never)
    .describe(words);

const bounded = <Schema extends z.ZodNumber>(schema: Schema, min?: number, max?: number): Schema => {
  const above = min === undefined ? schema : (schema.min(min) as Schema);
  return max === undefined ? above : (above.max(max) as Schema);
};

/** An option that is a plasticity rule: one of those known by name, or any other as data (`ruleData`). */
export const ruleOption = <Name extends string>(
  known: Readonly<Record<Name, Rule>>,
  usual: NoInfer<Name>,
  words: string,
) =>
  z
    .union([z.enum(namesOf(known)), ownRule], {
      error: `expected one of ${Object.keys(known).join(", ")}, or a rule of your own`,
    })
    .default(usual as never)
    .describe(words);

const ownRule = z.custom<RuleData>(
  (value) => typeof value === "object" && value !== null && "weight" in value && "update" in value,
);

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
