import { defineRule } from "./rule.js";

/** Neuromodulated Hebb with a modulator fanned out: each postsynaptic neuron has its own rate of learning. */
export const fanOutModulation = defineRule({
  name: "fanOutModulation",
  source: "Miconi, Rawal, Clune, Stanley 2019 (arXiv 2002.10585), 4.3: the modulated LSTM",
  traces: { H: 0 },
  signals: { m: "post" },
  weight: "w + alpha * H",
  update: { H: "clip(H + m * pre * post, -2, 2)" },
});

/** As `fanOutModulation`, with one rate for all connections: `simpleModulation` within wider bounds. */
export const clippedModulation = defineRule({
  name: "clippedModulation",
  source: "Miconi, Rawal, Clune, Stanley 2019 (arXiv 2002.10585), 4.3: the modulated LSTM",
  traces: { H: 0 },
  signals: { m: "episode" },
  weight: "w + alpha * H",
  update: { H: "clip(H + m * pre * post, -2, 2)" },
});
