import { defineRule } from "./rule.js";

/** Kimi delta attention: the gated delta rule in which every channel `a` of the key fades at its own rate. */
export const kimiDelta = defineRule({
  name: "kimiDelta",
  source: "Kimi Team 2025 (arXiv 2510.26692), eq. 1",
  traces: { H: 0 },
  signals: { a: "pre", beta: "episode" },
  reads: { recalled: { per: "post", sum: "pre * a * H" } },
  weight: "H",
  update: { H: "a * H + beta * pre * (post - recalled)" },
});
