import fc from "fast-check";
import * as published from "../src/rules/index.js";
import { defineRule, type ParamRate, type Rule, withRates } from "../src/rules/index.js";

/** A signal for each post neuron, two constants, a trace that does not start at 0, and weights that it divides. */
const gated = defineRule({
  name: "gated (of the tests)",
  traces: { H: 0.5 },
  params: { eta: { per: "layer", init: 0.1 }, decay: { per: "post", init: 0.1 } },
  signals: { gate: "post" },
  weight: "(w + alpha * tanh(H)) / sqrt(1 + H * H)",
  update: { H: "(1 - decay) * H + eta * sigmoid(gate) * (pre - H * abs(post)) * post" },
});

const isRule = (value: unknown): value is Rule =>
  typeof value === "object" && value !== null && "weight" in value;

/** Every rule that the library exports, and one that uses all that a rule may have. */
export const testedRules: readonly Rule[] = [...Object.values(published).filter(isRule), gated];

/** The rule with each of its parameters shared at any rate. */
export function ratesOf(rule: Rule): fc.Arbitrary<Rule> {
  const rate = fc.constantFrom<ParamRate>("layer", "post", "connection");
  const rates = Object.keys(rule.params).map((key) => [
    key,
    key === "w" ? fc.constant("connection" as const) : rate,
  ]);
  return fc.record(Object.fromEntries(rates)).map((chosen) => {
    const shared = withRates(rule, chosen);
    // What fast-check prints for a failing case: the whole rule would bury it.
    return Object.defineProperty(shared, fc.toStringMethod, {
      value: () => `${rule.name} ${JSON.stringify(chosen)}`,
    });
  });
}
