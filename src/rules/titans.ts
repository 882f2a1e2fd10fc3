import { defineRule } from "./rule.js";

/** Titans with a linear memory: a step of gradient descent on the recall of the value, with momentum `m` and forgetting `f`. */
export const titans = defineRule({
  name: "titans",
  source: "Behrouz, Zhong, Mirrokni 2025 (arXiv 2501.00663), eq. 9-13",
  traces: { S: 0, H: 0 },
  signals: { m: "episode", beta: "episode", f: "episode" },
  reads: { recalled: { per: "post", sum: "pre * H" } },
  weight: "H",
  update: { S: "m * S - 2 * beta * pre * (recalled - post)", H: "(1 - f) * H + next(S)" },
});
