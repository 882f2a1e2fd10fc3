import { defineRule } from "./rule.js";

/** Hebb's rule with decay: the trace is a running average of pre * post. Bounded while 0 <= eta <= 1. */
export const decayingHebb = defineRule({
  name: "decayingHebb",
  source: "Miconi, Clune, Stanley 2018 (arXiv 1804.02464), eq. 2",
  traces: { H: 0 },
  params: { eta: { per: "layer", init: 0.01 } },
  weight: "w + alpha * H",
  update: { H: "(1 - eta) * H + eta * pre * post" },
});
