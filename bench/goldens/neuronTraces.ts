import { bcm, pairTraces, type Rule } from "../../src/rules/index.js";
import type { Family } from "./family.js";
import { runPlasticRnn } from "./plasticRnn.js";

/** Each golden's rule. */
const cases: Readonly<Record<string, Rule>> = { "neuron-bcm": bcm, "neuron-pair-traces": pairTraces };

/** `neuron-<rule>`: a plastic recurrent network whose neurons have traces too. */
export const neuronTraces: Family = {
  splits: true,
  supports: (golden) => golden.case in cases,
  run: (device, golden) =>
    runPlasticRnn(device, golden, { rule: cases[golden.case]! }, { input: "u", trace: "H_T" }),
};
