import { defineRule } from "./rule.js";

/** Neuromodulated Hebb: the network says, step by step, how much all its connections learn, or unlearn. */
export const simpleModulation = defineRule({
  name: "simpleModulation",
  source: "Miconi, Rawal, Clune, Stanley 2019 (arXiv 2002.10585), eq. 3",
  traces: { H: 0 },
  signals: { m: "episode" },
  weight: "w + alpha * H",
  update: { H: "clip(H + m * pre * post, -1, 1)" },
});
