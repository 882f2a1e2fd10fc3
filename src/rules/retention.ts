import { defineRule } from "./rule.js";

/** Retention: linear attention that forgets, as fast as the gate `g` says, one number a step. */
export const retention = defineRule({
  name: "retention",
  source:
    "Sun et al. 2023 (arXiv 2307.08621), eq. 6; with a gate that follows from the input, simple gated linear attention",
  traces: { H: 0 },
  signals: { g: "episode" },
  weight: "H",
  update: { H: "g * H + pre * post" },
});
