import fc from "fast-check";
import { namesIn } from "../src/formulas/index.js";
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

/** All that a rule may have beside: traces of neurons at both ends, reads both ways, signals per pre, chains of new values. */
const complete = defineRule({
  name: "complete (of the tests)",
  traces: {
    H: 0.5,
    S: 0,
    theta: { per: "post", init: 0.2 },
    xbar: { per: "pre", init: 0.1 },
    rbar: { per: "post", init: 0 },
  },
  params: {
    eta: { per: "layer", init: 0.1 },
    keep: { per: "pre", init: 0.5 },
    tau: { per: "post", init: 0.3 },
  },
  signals: { gate: "pre", key: "pre", other: "post", m: "episode" },
  reads: {
    recalled: { per: "post", sum: "key * keep * H" },
    back: { per: "pre", sum: "post * tanh(H)" },
    // Of no update: with a vector of its own, from post to pre, and with a trace of neurons.
    free: { per: "pre", sum: "other * w * (H + S) / (1 + theta * theta)" },
  },
  weight: "w + alpha * H * xbar / (1 + theta * theta)",
  update: {
    theta: "(1 - tau) * theta + tau * post * next(rbar)",
    rbar: "tau * rbar + 0.5 * recalled",
    xbar: "keep * xbar + eta * (pre - back)",
    S: "keep * S + eta * gate * (post - recalled) * m",
    H: "0.9 * H + next(S) + next(xbar) * (post - next(theta)) * eta + 0.1 * back * post * theta",
  },
});

const isRule = (value: unknown): value is Rule =>
  typeof value === "object" && value !== null && "weight" in value;

/** Every rule that the library exports, and two that together use all that a rule may have. */
export const testedRules: readonly Rule[] = [...Object.values(published).filter(isRule), gated, complete];

/** The rule with each of its parameters shared at any rate that its traces of neurons allow. */
export function ratesOf(rule: Rule): fc.Arbitrary<Rule> {
  const rates = Object.keys(rule.params).map((key) => {
    const ends = Object.values(rule.neuronTraces).flatMap(({ per, update }) =>
      namesIn(update).has(key) ? [per] : [],
    );
    const allowed = (["layer", "pre", "post", "connection"] as const).filter((rate) =>
      ends.every((end) => rate === "layer" || rate === end),
    );
    return [key, key === "w" ? fc.constant<ParamRate>("connection") : fc.constantFrom<ParamRate>(...allowed)];
  });
  return fc.record(Object.fromEntries(rates)).map((chosen) => {
    const shared = withRates(rule, chosen);
    // What fast-check prints for a failing case: the whole rule would bury it.
    return Object.defineProperty(shared, fc.toStringMethod, {
      value: () => `${rule.name} ${JSON.stringify(chosen)}`,
    });
  });
}
