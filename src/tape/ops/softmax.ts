import type { Tape } from "../tape.js";
import type { Tensor } from "../tensor.js";
import { defineRowMap, rowMap } from "./rowMap.js";

const definition = defineRowMap({
  inputs: ["x"],
  reductions: { m: { max: "x" }, s: { sum: "exp(x - m)" } },
  outputs: { y: "exp(x - m) / s" },
});

/**
 * Probabilities of each row, exp(x) / sum of exp(x): [rows, n] -> [rows, n]. Logits are taken relative to their row's largest, so
 * that none overflows. Adjoint: dx = y (d - sum of y d).
 */
export function softmax(tape: Tape, x: Tensor): Tensor {
  return rowMap(tape, definition, [x])[0]!;
}
