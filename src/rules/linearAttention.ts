import { defineRule } from "./rule.js";

/** Linear attention: every value is added under its key, and nothing is forgotten. */
export const linearAttention = defineRule({
  name: "linearAttention",
  source: "Katharopoulos, Vyas, Pappas, Fleuret 2020 (arXiv 2006.16236), eq. 16-18, without normaliser",
  traces: { H: 0 },
  weight: "H",
  update: { H: "H + pre * post" },
});
