import { name } from "../formulas/index.js";
import type { Rule } from "./rule.js";

/** The same rule with traces that keep their values: what was learned stays, nothing more is. */
export function frozen(rule: Rule): Rule {
  const { definition, traces } = rule;
  return {
    ...rule,
    definition: { ...definition, update: Object.fromEntries(traces.map((trace) => [trace, trace])) },
    update: Object.fromEntries(traces.map((trace) => [trace, name(trace)])),
  };
}
