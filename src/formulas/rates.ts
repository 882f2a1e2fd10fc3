import type { Formula } from "./tree.js";

/**
 * How often a quantity differs: one number a `layer`, one an `episode`, one for each presynaptic (`pre`) or postsynaptic
 * (`post`) neuron and episode, or one for each `connection` and episode.
 */
export type Rate = "layer" | "episode" | "pre" | "post" | "connection";

/** From the lowest. pre and post are not comparable: what depends on both has one value for each connection. */
export const rates: readonly Rate[] = ["layer", "episode", "pre", "post", "connection"];

/** The least rate that is no lower than either: layer < episode < pre, post < connection. */
export function joinRates(a: Rate, b: Rate): Rate {
  if (a === b) return a;
  if ((a === "pre" && b === "post") || (a === "post" && b === "pre")) return "connection";
  return rates.indexOf(a) > rates.indexOf(b) ? a : b;
}

/** The rate of a formula's value, from the rates of its names. `known` keeps the rates of calls between questions. */
export function rateOf(
  formula: Formula,
  rateOfName: (name: string) => Rate,
  known: Map<Formula, Rate> = new Map(),
): Rate {
  if (formula.kind === "number") return "layer";
  if (formula.kind === "name") return rateOfName(formula.name);
  let rate = known.get(formula);
  if (rate === undefined) {
    rate = formula.args.map((arg) => rateOf(arg, rateOfName, known)).reduce(joinRates);
    known.set(formula, rate);
  }
  return rate;
}
