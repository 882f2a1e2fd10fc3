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

/** As `clippedModulation`, with a modulator fanned out to every connection: each has a learned share of it. */
export const connectionModulation = defineRule({
  name: "connectionModulation",
  source: "Miconi, Rawal, Clune, Stanley 2019 (arXiv 2002.10585), 4.3: the basic modulated LSTM",
  traces: { H: 0 },
  params: { fanOut: { per: "connection", init: 1 } },
  signals: { m: "episode" },
  weight: "w + alpha * H",
  update: { H: "clip(H + m * fanOut * pre * post, -2, 2)" },
});
