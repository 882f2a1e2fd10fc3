import type { ParamRate, RuleDefinition } from "./definition.js";
import { defineRule, type Rule, withRates } from "./rule.js";

/** A rule as plain data, as JSON can hold it: its equations, and how parameters are shared that it does not declare so. */
export interface RuleData extends RuleDefinition {
  /** As in `withRates`. */
  readonly rates?: Readonly<Record<string, ParamRate>>;
}

/** The rule in words: `ruleFrom` makes the same rule of it. */
export function ruleData({
  definition,
  params: all,
  source,
}: Rule): Required<Omit<RuleData, "reads">> & RuleData {
  const { name, traces, params = {}, signals = {}, reads, weight, update } = definition;
  const rates = Object.fromEntries(
    Object.entries(all)
      .filter(([key, { per }]) => (params[key]?.per ?? "connection") !== per)
      .map(([key, { per }]) => [key, per]),
  );
  return { name, source, traces, params, signals, ...(reads && { reads }), weight, update, rates };
}

/** The rule that the data describes. Throws as `defineRule` and `withRates`. */
export const ruleFrom = ({ rates = {}, ...definition }: RuleData): Rule =>
  withRates(defineRule(definition), rates);
