import { defineRule } from "./rule.js";

/**
 * Short-term plasticity neurons: every connection has its own memory span and its own rate of learning. The paper's networks
 * also divide w + F by its L2 norm; this rule does not, nor do our networks that use it. A cell that wants it names a read
 * `{ per: "post", sum: "(w + F) * (w + F)" }` and divides by its root.
 */
export const stpn = defineRule({
  name: "stpn",
  source: "Garcia Rodriguez, Guo, Moraitis 2022 (arXiv 2206.14048), eq. 1-3",
  traces: { F: 0 },
  params: {
    lambda: { per: "connection", init: 0.9 },
    gamma: { per: "connection", init: 0.01 },
  },
  weight: "w + F",
  update: { F: "lambda * F + gamma * pre * post" },
});
