import type { Tape } from "../tape.js";
import type { Tensor } from "../tensor.js";
import { defineMap, map } from "./map.js";
import { mean, weightedMean } from "./mean.js";
import { softmax } from "./softmax.js";
import { sum } from "./sum.js";

const squared = defineMap(["y", "target"], { e: "(y - target) * (y - target)" });
const maskedSquared = defineMap(["y", "target", "mask"], {
  e: "mask * (y - target) * (y - target)",
  n: "mask",
});
/** Kept finite where a class that is right is given no chance at all. */
const missing = defineMap(["p", "target"], { e: "0 - target * log(max(p, 1e-12))" });
const maskedMissing = defineMap(["p", "target", "mask"], {
  e: "0 - mask * target * log(max(p, 1e-12))",
});
const perRow = defineMap(["s", "rows"], { m: "s / rows" });

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
 * `logits`, `target` [rows, choices], each row of `target` adding up to 1 (one-hot for one right answer); `mask`
 * [rows, 1]: how much each row counts, its sum not 0. Logits may be up to 80 apart from their mean: see `softmax`.
 *
 * @throws RangeError for shapes that do not match
 */
export function crossEntropy(tape: Tape, logits: Tensor, target: Tensor, mask?: Tensor): Tensor {
  expectSameShape("crossEntropy", logits, target);
  const p = softmax(tape, logits);
  if (mask && (mask.rows !== logits.rows || mask.cols !== 1)) {
    throw new RangeError(`crossEntropy: mask must be [${logits.rows}, 1], got ${mask.shape}`);
  }
  if (mask) return weightedMean(tape, map(tape, maskedMissing, [p, target, mask])[0]!, mask);
  const total = sum(tape, map(tape, missing, [p, target])[0]!);
  return map(tape, perRow, [total, tape.filled(1, 1, logits.rows)])[0]!;
}

function expectSameShape(where: string, y: Tensor, target: Tensor): void {
  if (y.rows === target.rows && y.cols === target.cols) return;
  throw new RangeError(`${where}: target must be ${y.shape}, got ${target.shape}`);
}
