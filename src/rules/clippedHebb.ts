import { defineRule } from "./rule.js";

/** Hebb's rule without decay, the trace kept within [-1, 1]. */
export const clippedHebb = defineRule({
  name: "clippedHebb",
  source: "Miconi, Rawal, Clune, Stanley 2019 (arXiv 2002.10585), eq. 2",
  traces: { H: 0 },
  params: { eta: { per: "layer", init: 0.01 } },
  weight: "w + alpha * H",
  update: { H: "clip(H + eta * pre * post, -1, 1)" },
});
