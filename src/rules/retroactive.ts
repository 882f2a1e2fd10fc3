import { defineRule } from "./rule.js";

/**
 * Retroactive neuromodulation: the eligibility trace E remembers what fired together lately, and the modulator decides
 * afterwards what of it is learned.
 */
export const retroactive = defineRule({
  name: "retroactive",
  source: "Miconi, Rawal, Clune, Stanley 2019 (arXiv 2002.10585), eq. 4-5",
  traces: { H: 0, E: 0 },
  params: { eta: { per: "layer", init: 0.1 } },
  signals: { m: "episode" },
  weight: "w + alpha * H",
  update: { H: "clip(H + m * E, -1, 1)", E: "(1 - eta) * E + eta * pre * post" },
});
