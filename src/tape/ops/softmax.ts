import type { Tape } from "../tape.js";
import type { Tensor } from "../tensor.js";
import { defineMap } from "./map.js";

const total = defineMap(["x"], { s: "x" }).forward;
const exponential = defineMap(["x", "s", "n"], { e: "exp(clip(x - s / n, -80, 80))" }).forward;
const share = defineMap(["e", "s"], { y: "e / s" }).forward;
const weighted = defineMap(["y", "d"], { yd: "y * d" }).forward;
const adjoint = defineMap(["y", "d", "s"], { dx: "y * (d - s)" }).forward;

/**
 * Probabilities of each row, exp(x) / sum of exp(x): [rows, n] -> [rows, n]. Logits are taken relative to their row's mean,
 * so that none overflows: exact as long as none is 80 above or below it. Adjoint: dx = y (d - sum of y d).
 * Made of maps and sums alone, as model files say it; losses are row maps, and need none of this.
 */
export function softmax(tape: Tape, x: Tensor): Tensor {
  const { device } = tape;
  const { rows, cols } = x;
  const column = () => device.scratch(rows, 1);
  const [sum, all] = [column(), column()];
  const count = tape.filled(1, 1, cols).value;
  const e = device.scratch(rows, cols);
  const y = tape.result(device.scratch(rows, cols), [x]);
  device.map(total, [x.value], [sum], false);
  device.map(exponential, [x.value, sum, count], [e], false);
  device.map(total, [e], [all], false);
  device.map(share, [e, all], [y.value], false);
  if (y.differentiable) {
    const dot = column();
    tape.onBackward({ sets: [x] }, (how) => {
      device.map(weighted, [y.value, y.grad!], [dot], false);
      device.map(adjoint, [y.value, y.grad!, dot], [x.grad], how(x) === "add");
    });
  }
  return y;
}
