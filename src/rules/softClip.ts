import { defineRule } from "./rule.js";

/** Hebb's rule that slows down towards its bounds: the trace nears -1 and 1 without a kink in its gradient. */
export const softClip = defineRule({
  name: "softClip",
  source: "programs of Miconi, Rawal, Clune, Stanley 2019 (arXiv 2002.10585): soft clip",
  traces: { H: 0 },
  params: { eta: { per: "layer", init: 0.01 } },
  weight: "w + alpha * H",
  update: { H: "clip(H + max(eta * pre * post, 0) * (1 - H) + min(eta * pre * post, 0) * (1 + H), -1, 1)" },
});
