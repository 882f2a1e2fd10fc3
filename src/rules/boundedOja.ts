import { defineRule } from "./rule.js";

/**
 * Oja's rule that takes over a fifth of what it sees at most: several examples of a class are averaged. With a rate near 1, which
 * is what training with one example of each finds, every example nearly overwrites the one before.
 */
export const boundedOja = defineRule({
  name: "boundedOja",
  source: "Oja 1982, with a bound on eta",
  traces: { H: 0 },
  params: { eta: { per: "layer", init: 0.01 } },
  weight: "w + alpha * H",
  update: { H: "H + min(eta, 0.2) * post * (pre - post * H)" },
});
