import { defineRule } from "./rule.js";

/** Hebb's rule without any bound; the trace is kept within [-2, 2] only where alpha multiplies it. */
export const readClip = defineRule({
  name: "readClip",
  source: "programs of Miconi, Rawal, Clune, Stanley 2019 (arXiv 2002.10585), language task",
  traces: { H: 0 },
  params: { eta: { per: "layer", init: 0.01 } },
  weight: "w + alpha * clip(H, -2, 2)",
  update: { H: "H + eta * pre * post" },
});

/** The same, with a modulator in the place of eta. */
export const modulatedReadClip = defineRule({
  name: "modulatedReadClip",
  source: "programs of Miconi, Rawal, Clune, Stanley 2019 (arXiv 2002.10585), language task",
  traces: { H: 0 },
  signals: { m: "episode" },
  weight: "w + alpha * clip(H, -2, 2)",
  update: { H: "H + m * pre * post" },
});
