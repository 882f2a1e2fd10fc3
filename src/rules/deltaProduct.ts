import { defineRule } from "./rule.js";

/**
 * Gated DeltaProduct with two corrections a step. The second key recalls what fading left (`second`) and what the first
 * correction wrote, as far as the keys overlap (`overlap`, the same for every post): so all reads are of the old trace.
 */
export const deltaProduct = defineRule({
  name: "deltaProduct",
  source: "Siems et al. 2025 (arXiv 2502.10297), eq. 4, two Householder factors",
  traces: { H: 0 },
  signals: { key2: "pre", value2: "post", g: "episode", beta: "episode", beta2: "episode" },
  reads: {
    first: { per: "post", sum: "pre * g * H" },
    second: { per: "post", sum: "key2 * g * H" },
    overlap: { per: "post", sum: "pre * key2" },
  },
  weight: "H",
  update: {
    H: `g * H + beta * pre * (post - first)
      + beta2 * key2 * (value2 - second - overlap * beta * (post - first))`,
  },
});
