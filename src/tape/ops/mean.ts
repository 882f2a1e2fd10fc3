import type { Tape } from "../tape.js";
import type { Tensor } from "../tensor.js";
import { defineMap, map } from "./map.js";
import { sum } from "./sum.js";

const quotient = defineMap(["s", "n"], { m: "s / n" });

/** The mean of all elements, [1, 1]. */
export function mean(tape: Tape, x: Tensor): Tensor {
  return map(tape, quotient, [sum(tape, x), tape.filled(1, 1, x.rows * x.cols)])[0]!;
}

/**
 * The mean of all elements of x, each counted as often as the mask says: sum of mask * x / sum of mask, [1, 1].
 * `weighted` [rows, cols] holds mask * x, `mask` [rows, cols] what it was multiplied by; they must not add up to 0.
 */
export function weightedMean(tape: Tape, weighted: Tensor, mask: Tensor): Tensor {
  return map(tape, quotient, [sum(tape, weighted), sum(tape, mask)])[0]!;
}
