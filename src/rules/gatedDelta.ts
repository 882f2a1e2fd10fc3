import { defineRule } from "./rule.js";

/** Gated DeltaNet: all memory fades by the gate `g`, then what the key recalls moves towards the value. */
export const gatedDelta = defineRule({
  name: "gatedDelta",
  source: "Yang, Kautz, Hatamizadeh 2024 (arXiv 2412.06464), eq. 10",
  traces: { H: 0 },
  signals: { g: "episode", beta: "episode" },
  reads: { recalled: { per: "post", sum: "pre * g * H" } },
  weight: "H",
  update: { H: "g * H + beta * pre * (post - recalled)" },
});
