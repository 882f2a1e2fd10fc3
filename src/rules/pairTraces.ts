import { defineRule } from "./rule.js";

/** Pair-based STDP for rates: each neuron keeps a trace of its activity; pre before post strengthens, post before pre weakens. */
export const pairTraces = defineRule({
  name: "pairTraces",
  source: "Morrison, Diesmann, Gerstner 2008 (Biol. Cybern. 98:459), eq. 11-13, for rates",
  traces: { H: 0, xbar: { per: "pre", init: 0 }, ybar: { per: "post", init: 0 } },
  params: {
    rx: { per: "layer", init: 0.7 },
    ry: { per: "layer", init: 0.7 },
    up: { per: "layer", init: 0.05 },
    down: { per: "layer", init: 0.05 },
  },
  weight: "w + alpha * H",
  update: {
    xbar: "rx * xbar + pre",
    ybar: "ry * ybar + post",
    H: "H + up * next(xbar) * post - down * pre * next(ybar)",
  },
});
