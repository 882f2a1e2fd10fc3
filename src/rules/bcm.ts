import { defineRule } from "./rule.js";

/** Bienenstock, Cooper, Munro: activity above a threshold strengthens, below it weakens; the threshold follows the activity. */
export const bcm = defineRule({
  name: "bcm",
  source: "Bienenstock, Cooper, Munro 1982 (J. Neurosci. 2:32); threshold as in Intrator, Cooper 1992",
  traces: { H: 0, theta: { per: "post", init: 0 } },
  params: { eta: { per: "layer", init: 0.1 }, tau: { per: "layer", init: 0.1 } },
  weight: "w + alpha * H",
  update: { H: "H + eta * pre * post * (post - theta)", theta: "(1 - tau) * theta + tau * post * post" },
});
