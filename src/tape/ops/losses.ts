import type { Tape } from "../tape.js";
import type { Tensor } from "../tensor.js";
import { defineMap, map } from "./map.js";
import { mean, weightedMean } from "./mean.js";
import { defineRowMap, rowMap } from "./rowMap.js";

const squared = defineMap(["y", "target"], { e: "(y - target) * (y - target)" });
const maskedSquared = defineMap(["y", "target", "mask"], {
  e: "mask * (y - target) * (y - target)",
  n: "mask",
});
const surprise = defineRowMap({
  inputs: ["x", "target"],
  reductions: {
    m: { max: "x" },
    s: { sum: "exp(x - m)" },
    chosen: { sum: "target * x" },
    all: { sum: "target" },
  },
  rowOutputs: { loss: "all * (m + log(s)) - chosen" },
});
const product = defineMap(["loss", "mask"], { e: "mask * loss" });

/**
 * Mean squared error, [1, 1]: the mean over all elements of (y - target)^2.
 * `y`, `target` [rows, cols]; `mask` [rows, cols], [rows, 1] or [1, cols]: how much each counts, its sum not 0.
 *
 * @throws RangeError for shapes that do not match
 */
export function mse(tape: Tape, y: Tensor, target: Tensor, mask?: Tensor): Tensor {
  expectSameShape("mse", y, target);
  if (!mask) return mean(tape, map(tape, squared, [y, target])[0]!);
  const [errors, counts] = map(tape, maskedSquared, [y, target, mask]);
  return weightedMean(tape, errors!, counts!);
}

/**
 * Cross-entropy of a choice, [1, 1]: the mean over rows of -sum of target * log softmax(logits).
 * `logits`, `target` [rows, choices], each row of `target` adding up to 1 (one-hot for one right answer out of a few; of many,
 * see `softmaxCrossEntropy`); `mask` [rows, 1] says how much each row counts, its sum not 0.
 *
 * @throws RangeError for shapes that do not match
 */
export function crossEntropy(tape: Tape, logits: Tensor, target: Tensor, mask?: Tensor): Tensor {
  expectSameShape("crossEntropy", logits, target);
  if (mask && (mask.rows !== logits.rows || mask.cols !== 1)) {
    throw new RangeError(`crossEntropy: mask must be [${logits.rows}, 1], got ${mask.shape}`);
  }
  const losses = rowMap(tape, surprise, [logits, target])[0]!;
  return mask ? weightedMean(tape, map(tape, product, [losses, mask])[0]!, mask) : mean(tape, losses);
}

function expectSameShape(where: string, y: Tensor, target: Tensor): void {
  if (y.rows === target.rows && y.cols === target.cols) return;
  throw new RangeError(`${where}: target must be ${y.shape}, got ${target.shape}`);
}
