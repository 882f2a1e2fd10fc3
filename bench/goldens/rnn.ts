import { addedInput, clampedInput } from "../../src/layers/index.js";
import { decayingHebb, oja, withRates } from "../../src/rules/index.js";
import type { Family } from "./family.js";
import { runPlasticRnn } from "./plasticRnn.js";

const rules = { hebb: decayingHebb, oja };
const activations = { add: addedInput, clamp: clampedInput };

/** `rnn-<rule>-<alpha full or single>-<input added or clamped>`: the plastic recurrent network of Miconi et al. 2018. */
const pattern = /^rnn-(hebb|oja)-(full|single)-(add|clamp)$/;

export const rnn: Family = {
  supports: (golden) => pattern.test(golden.case),

  run(device, golden) {
    const [, ruleName, alpha, activation] = pattern.exec(golden.case)!;
    const rule = withRates(rules[ruleName as keyof typeof rules], {
      alpha: alpha === "single" ? "layer" : "connection",
    });
    const cell = { rule, activation: activations[activation as keyof typeof activations] };
    return runPlasticRnn(device, golden, cell, { input: "input", trace: "hebb_T" });
  },
};
