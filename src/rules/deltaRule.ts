import { defineRule } from "./rule.js";

/** Fast-weight programmers with the delta rule: what the key recalls moves towards the value, as far as `beta` says. */
export const deltaRule = defineRule({
  name: "deltaRule",
  source: "Schlag, Irie, Schmidhuber 2021 (arXiv 2102.11174), eq. 24",
  traces: { H: 0 },
  signals: { beta: "episode" },
  reads: { recalled: { per: "post", sum: "pre * H" } },
  weight: "H",
  update: { H: "H + beta * pre * (post - recalled)" },
});
