import { rateOf } from "../formulas/rates.js";
import { simplify } from "../formulas/simplify.js";
import { call, type Formula, namesIn, number } from "../formulas/tree.js";
import { type Rule, rateOfName } from "./rule.js";

/** A trace update F = factor * H + rest. */
export interface LinearDecay {
  /** One number a layer: holds only constants and parameters of rate "layer". May be 0. */
  readonly factor: Formula;
  /** Does not hold the trace. */
  readonly rest: Formula;
}

/**
 * The update of a rule's only trace as `factor * H + rest`, both simplified, if it has this form with one factor for
 * the whole layer; else null. Such an update can be undone, H = (F - rest) / factor, where factor is not 0.
 */
export function linearDecay(rule: Rule): LinearDecay | null {
  const [trace, ...others] = rule.traces;
  if (trace === undefined || others.length > 0) return null;
  const split = splitLinear(simplify(rule.update[trace]!), trace);
  if (!split) return null;
  const factor = simplify(split.factor);
  if (rateOf(factor, (name) => rateOfName(rule, name)) !== "layer") return null;
  return { factor, rest: simplify(split.rest) };
}

/** The formula as factor * name + rest, neither holding the name, or null. */
function splitLinear(formula: Formula, name: string): LinearDecay | null {
  if (!namesIn(formula).has(name)) return { factor: number(0), rest: formula };
  if (formula.kind !== "call") return { factor: number(1), rest: number(0) };
  const { fn } = formula;
  const [a, b] = formula.args.map((arg) => splitLinear(arg, name));
  if (!a) return null;
  switch (fn) {
    case "neg":
      return { factor: call("neg", a.factor), rest: call("neg", a.rest) };
    case "add":
    case "sub":
      return b ? { factor: call(fn, a.factor, b.factor), rest: call(fn, a.rest, b.rest) } : null;
    case "mul": {
      const [left, right] = formula.args as [Formula, Formula];
      if (!namesIn(left).has(name)) return b ? scaled(left, b) : null;
      return namesIn(right).has(name) ? null : scaled(right, a);
    }
    case "div": {
      const divisor = formula.args[1]!;
      if (namesIn(divisor).has(name)) return null;
      return { factor: call("div", a.factor, divisor), rest: call("div", a.rest, divisor) };
    }
    default:
      return null;
  }
}

const scaled = (by: Formula, { factor, rest }: LinearDecay): LinearDecay => ({
  factor: call("mul", factor, by),
  rest: call("mul", rest, by),
});
