import { defineRule } from "./rule.js";

/**
 * Hebbian rule with five constants a connection. The paper evolves the constants alone, begins each life with fresh random
 * weights, and normalises them as they change. Ours are w + H: w and the constants are trained by gradients, H begins at 0, and
 * nothing is normalised.
 */
export const abcd = defineRule({
  name: "abcd",
  source: "Najarro and Risi 2020 (arXiv 2007.02686), eq. 1",
  traces: { H: 0 },
  params: {
    eta: { per: "connection", init: 0.1 },
    A: { per: "connection", init: 0.1 },
    B: { per: "connection", init: 0 },
    C: { per: "connection", init: 0 },
    D: { per: "connection", init: 0 },
  },
  weight: "w + H",
  update: { H: "H + eta * (A * pre * post + B * pre + C * post + D)" },
});
