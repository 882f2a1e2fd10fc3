import { defineRule } from "./rule.js";

/** Gated Oja's rule on fast weights: the key moves, by what the value recalls of it; channels `a` of the value fade. */
export const gatedOja = defineRule({
  name: "gatedOja",
  source:
    "Irie, Faccio, Schmidhuber 2022 (arXiv 2206.01649), Oja's rule on fast weights, with a gate for each value channel",
  traces: { H: 0 },
  signals: { a: "post", beta: "episode" },
  reads: { recalled: { per: "pre", sum: "a * H * post" } },
  weight: "H",
  update: { H: "a * H + beta * (pre - recalled) * post" },
});
