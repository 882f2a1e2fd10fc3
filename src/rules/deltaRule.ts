import { defineRule } from "./rule.js";

/**
 * The delta rule of fast-weight programmers: what the key `pre` recalls moves towards the value `post`, as far as the
 * writing strength `beta` says. `recalled` is what reading with the key gives before the update (`read`, then `update`).
 */
export const deltaRule = defineRule({
  name: "deltaRule",
  source: "Schlag, Irie, Schmidhuber 2021 (arXiv 2102.11174), eq. 24",
  traces: { H: 0 },
  signals: { beta: "episode", recalled: "post" },
  weight: "H",
  update: { H: "H + beta * pre * (post - recalled)" },
});
