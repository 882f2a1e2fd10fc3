import type { Tape, Tensor } from "../tape/index.js";
import { defineMap, map } from "../tape/index.js";

const share = defineMap(["x", "n"], { s: "x / n" }).forward;
const spread = defineMap(["d", "n"], { dx: "d / n" }).forward;
const centre = defineMap(["x", "m"], { c: "x - m" });
const squares = defineMap(["c"], { s: "c * c" });
const scaled = defineMap(["c", "v", "gain", "bias", "eps"], { y: "gain * c / sqrt(v + eps) + bias" });

/** The mean of each row: [rows, n] -> [rows, 1]. Adjoint: each number of a row gets d / n. */
export function rowMean(tape: Tape, x: Tensor): Tensor {
  const { device } = tape;
  const n = tape.filled(1, 1, x.cols).value;
  const out = tape.result(device.scratch(x.rows, 1), [x]);
  device.map(share, [x.value, n], [out.value], false);
  if (out.differentiable) {
    tape.onBackward({ sets: [x] }, (how) => {
      device.map(spread, [out.grad!, n], [x.grad], how(x) === "add");
    });
  }
  return out;
}

/**
 * Each row shifted and scaled to mean 0 and variance 1, then gain * it + bias: [rows, n], gain and bias [1, n]. Ba, Kiros,
 * Hinton 2016 (arXiv 1607.06450), eq. 4. Made of maps and sums alone, so that a model file can tell it.
 */
export function normalised(tape: Tape, x: Tensor, gain: Tensor, bias: Tensor): Tensor {
  const [centred] = map(tape, centre, [x, rowMean(tape, x)]) as [Tensor];
  const variance = rowMean(tape, map(tape, squares, [centred])[0]!);
  return map(tape, scaled, [centred, variance, gain, bias, tape.filled(1, 1, 1e-5)])[0]!;
}
