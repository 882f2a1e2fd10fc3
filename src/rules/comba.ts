import { defineRule } from "./rule.js";

/** Comba: the gated delta rule, but what is corrected is read with a key of its own, `readKey`. */
export const comba = defineRule({
  name: "comba",
  source: "Hu et al. 2025 (arXiv 2506.02475)",
  traces: { H: 0 },
  signals: { readKey: "pre", g: "episode", beta: "episode" },
  reads: { recalled: { per: "post", sum: "readKey * g * H" } },
  weight: "H",
  update: { H: "g * H + beta * pre * (post - recalled)" },
});
