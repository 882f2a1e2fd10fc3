import { defineRule } from "./rule.js";

/**
 * Fast weights that attend to the recent past: pre and post are the same hidden state, and the next step reads what was stored.
 * The slow weights are read with another vector, so they are none of this connection's: see `FastWeightsRnn`.
 */
export const fastWeights = defineRule({
  name: "fastWeights",
  source: "Ba, Hinton, Mnih, Leibo, Ionescu 2016 (arXiv 1610.06258), eq. 1",
  traces: { A: 0 },
  params: { lambda: { per: "layer", init: 0.95 }, eta: { per: "layer", init: 0.5 } },
  weight: "A",
  update: { A: "lambda * A + eta * pre * post" },
});
