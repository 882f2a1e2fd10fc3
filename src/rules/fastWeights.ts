import { defineRule } from "./rule.js";

/**
 * Fast weights that attend to the recent past, the update alone: A decays, and the outer product of pre and post is added. In the
 * paper both are the same hidden state, and the network reads the *new* A, several times within a step and with layer
 * normalisation; a plain recurrent cell with this rule does neither: it adds pre of the step before and post of this one, and reads
 * A once in the next step.
 */
export const fastWeights = defineRule({
  name: "fastWeights",
  source: "Ba, Hinton, Mnih, Leibo, Ionescu 2016 (arXiv 1610.06258), eq. 1",
  traces: { A: 0 },
  params: { lambda: { per: "layer", init: 0.95 }, eta: { per: "layer", init: 0.5 } },
  weight: "w + A",
  update: { A: "lambda * A + eta * pre * post" },
});
