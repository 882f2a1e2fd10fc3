import { defineRule } from "./rule.js";

/** Linear attention in which every channel `a` of the key forgets at its own rate. */
export const gatedLinearAttention = defineRule({
  name: "gatedLinearAttention",
  source: "Yang, Wang, Shen, Panda, Kim 2023 (arXiv 2312.06635), eq. 3",
  traces: { H: 0 },
  signals: { a: "pre" },
  weight: "H",
  update: { H: "a * H + pre * post" },
});
