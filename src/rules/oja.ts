import { defineRule } from "./rule.js";

/** Oja's rule: keeps its trace bounded without forgetting while nothing fires. */
export const oja = defineRule({
  name: "oja",
  source: "Oja 1982; Miconi, Clune, Stanley 2018 (arXiv 1804.02464), section 4.3",
  traces: { H: 0 },
  params: { eta: { per: "layer", init: 0.01 } },
  weight: "w + alpha * H",
  update: { H: "H + eta * post * (pre - post * H)" },
});
