import { defineRule, type Rule } from "./rule.js";

/** The same rule with traces that keep their values: what was learned stays, nothing more is. */
export function frozen(rule: Rule): Rule {
  const { definition, params, weight } = rule;
  const update = Object.fromEntries(Object.keys(definition.traces).map((trace) => [trace, trace]));
  return { ...defineRule({ ...definition, update }), params, weight };
}
