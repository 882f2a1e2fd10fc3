import type { Pair } from "../../devices/device.js";
import type { Tape } from "../tape.js";
import type { Tensor } from "../tensor.js";

/**
 * x @ w: [rows, K] x [K, N] -> [rows, N]. Adjoints: dx += dy @ w^T; dw += x^T @ dy, summed over all uses at the end.
 *
 * @throws RangeError where the shapes do not match
 * @see matmulTransposed
 */
export function matmul(tape: Tape, x: Tensor, w: Tensor): Tensor {
  if (x.cols !== w.rows) {
    throw new RangeError(`matmul: x must be [rows, ${w.rows}] to match w ${w.shape}, got ${x.shape}`);
  }
  const { device } = tape;
  const out = tape.result(device.scratch(x.rows, w.cols), [x, w]);
  device.matmul(out.value, x.value, w.value);
  if (out.differentiable) {
    const uses = w.differentiable ? usesOf(tape, w) : null;
    const touched = {
      sets: x.differentiable ? [x] : [],
      adds: w.differentiable ? [w] : [],
    };
    tape.onBackward(touched, (how) => {
      if (x.differentiable) {
        device.matmul(x.grad!, out.grad!, w.value, { transposeB: true, accumulate: how(x) === "add" });
      }
      uses?.push({ x: x.value, d: out.grad! });
    });
  }
  return out;
}

/**
 * x @ w^T: [rows, K] x [N, K] -> [rows, N], such as the answers of a network over words whose embedding `w` is [words, K]: tied
 * weights are one parameter used twice. Adjoints: dx += dy @ w; dw += dy^T @ x, summed over all uses at the end.
 *
 * @throws RangeError where the shapes do not match
 */
export function matmulTransposed(tape: Tape, x: Tensor, w: Tensor): Tensor {
  if (x.cols !== w.cols) {
    throw new RangeError(
      `matmulTransposed: x must be [rows, ${w.cols}] to match w ${w.shape}, got ${x.shape}`,
    );
  }
  const { device } = tape;
  const out = tape.result(device.scratch(x.rows, w.rows), [x, w]);
  device.matmul(out.value, x.value, w.value, { transposeB: true });
  if (out.differentiable) {
    const uses = w.differentiable ? usesOf(tape, w) : null;
    const touched = {
      sets: x.differentiable ? [x] : [],
      adds: w.differentiable ? [w] : [],
    };
    tape.onBackward(touched, (how) => {
      if (x.differentiable) {
        device.matmul(x.grad!, out.grad!, w.value, { accumulate: how(x) === "add" });
      }
      uses?.push({ x: out.grad!, d: x.value });
    });
  }
  return out;
}

const pending = new WeakMap<Tape, Map<Tensor, Pair[]>>();

/**
 * The pairs whose products are one weight's gradient (input and output's adjoint, or the other way round), so that its gradient is one product over all time steps.
 * That works where the weight itself is a leaf; a computed weight's adjoint is needed at once.
 */
function usesOf(tape: Tape, w: Tensor): { push(pair: Pair): void } {
  if (!isLeaf(w)) return { push: (pair) => tape.device.outerSum(w.grad!, [pair]) };
  let byWeight = pending.get(tape);
  if (!byWeight) {
    byWeight = new Map();
    pending.set(tape, byWeight);
  }
  let pairs = byWeight.get(w);
  if (!pairs) {
    const list: Pair[] = [];
    byWeight.set(w, list);
    pairs = list;
    tape.onFinish(() => tape.device.outerSum(w.grad!, list));
  }
  return pairs;
}

/** A parameter's adjoint exists before the backward pass, a computed tensor's does not. */
const isLeaf = (w: Tensor): boolean => w.grad !== null;
