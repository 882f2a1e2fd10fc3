import { defineRule } from "./rule.js";

/** Diagonal plus low rank, the transition of RWKV-7: channels fade by `d`, what `c` recalls is added under the key `e`. */
export const diagonalPlusLowRank = defineRule({
  name: "diagonalPlusLowRank",
  source: "Peng et al. 2025 (arXiv 2503.14456), eq. 1",
  traces: { H: 0 },
  signals: { c: "pre", d: "pre", e: "pre" },
  reads: { recalled: { per: "post", sum: "c * H" } },
  weight: "H",
  update: { H: "d * H + e * recalled + pre * post" },
});
