import type { Tape } from "../tape.js";
import type { Tensor } from "../tensor.js";
import { defineRowMap, rowMap } from "./rowMap.js";

const l2 = defineRowMap({
  inputs: ["x", "eps"],
  reductions: { s: { sum: "x * x" } },
  outputs: { y: "x / sqrt(s + eps)" },
});

const rms = defineRowMap({
  inputs: ["x", "n", "eps"],
  reductions: { s: { sum: "x * x" } },
  outputs: { y: "x / sqrt(s / n + eps)" },
});
const rmsWithGain = defineRowMap({
  inputs: ["x", "n", "eps", "gain"],
  reductions: { s: { sum: "x * x" } },
  outputs: { y: "gain * (x / sqrt(s / n + eps))" },
});

const deviations = { a: { sum: "x" }, v: { sum: "(x - a / n) * (x - a / n)" } };
const layer = defineRowMap({
  inputs: ["x", "n", "eps"],
  reductions: deviations,
  outputs: { y: "(x - a / n) / sqrt(v / n + eps)" },
});
const layerWithGain = defineRowMap({
  inputs: ["x", "n", "eps", "gain", "bias"],
  reductions: deviations,
  outputs: { y: "gain * ((x - a / n) / sqrt(v / n + eps)) + bias" },
});

const number = (tape: Tape, value: number) => tape.filled(1, 1, value);

/** Each row divided by its length: x / sqrt(sum of x^2 + eps), [rows, n] -> [rows, n]. A row of zeros stays one. */
export function l2Norm(tape: Tape, x: Tensor, eps = 1e-6): Tensor {
  return rowMap(tape, l2, [x, number(tape, eps)])[0]!;
}

/**
 * Each row divided by the root of its mean square (Zhang & Sennrich 2019): gain * x / sqrt(mean of x^2 + eps). `gain` [1, n];
 * without one, 1.
 *
 * @throws RangeError for a gain of another shape
 */
export function rmsNorm(tape: Tape, x: Tensor, gain?: Tensor, eps = 1e-6): Tensor {
  const numbers = [number(tape, x.cols), number(tape, eps)];
  if (!gain) return rowMap(tape, rms, [x, ...numbers])[0]!;
  expectRow("rmsNorm: gain", gain, x.cols);
  return rowMap(tape, rmsWithGain, [x, ...numbers, gain])[0]!;
}

/**
 * Each row shifted and scaled to mean 0 and variance 1 (Ba, Kiros & Hinton 2016): gain * (x - mean) / sqrt(variance + eps) + bias.
 * The variance is that of the row's n numbers (divided by n). `gain` and `bias` [1, n]; without them, 1 and 0.
 *
 * @throws RangeError for a gain or bias of another shape
 */
export function layerNorm(
  tape: Tape,
  x: Tensor,
  affine?: { readonly gain: Tensor; readonly bias: Tensor },
  eps = 1e-5,
): Tensor {
  const numbers = [number(tape, x.cols), number(tape, eps)];
  if (!affine) return rowMap(tape, layer, [x, ...numbers])[0]!;
  const { gain, bias } = affine;
  expectRow("layerNorm: gain", gain, x.cols);
  expectRow("layerNorm: bias", bias, x.cols);
  return rowMap(tape, layerWithGain, [x, ...numbers, gain, bias])[0]!;
}

function expectRow(where: string, tensor: Tensor, cols: number): void {
  if (tensor.rows === 1 && tensor.cols === cols) return;
  throw new RangeError(`${where} must be [1, ${cols}], got ${tensor.shape}`);
}
