import { defineRule } from "./rule.js";

/** Gated DeltaNet 2: what is erased (`erase`, per key channel) and what is written (`write`, per value channel) are separate. */
export const gatedDelta2 = defineRule({
  name: "gatedDelta2",
  source: "Gated DeltaNet 2, 2026",
  traces: { H: 0 },
  signals: { a: "pre", erase: "pre", write: "post" },
  reads: { recalled: { per: "post", sum: "erase * pre * a * H" } },
  weight: "H",
  update: { H: "a * H + pre * (write * post - recalled)" },
});
