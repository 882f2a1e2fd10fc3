import type { Tape } from "../tape.js";
import type { Tensor } from "../tensor.js";
import { defineMap } from "./map.js";

const forward = defineMap(["x"], { y: "tanh(x)" }).forward;
const adjoint = defineMap(["y", "d"], { dx: "d * (1 - y * y)" }).forward;

/** y = tanh(x), element by element. Adjoint: dx = d (1 - y^2), from the output, so that no tanh is computed twice. */
export function tanh(tape: Tape, x: Tensor): Tensor {
  const { device } = tape;
  const y = tape.result(device.scratch(x.rows, x.cols), [x]);
  device.map(forward, [x.value], [y.value], false);
  if (y.differentiable) {
    tape.onBackward({ sets: [x] }, (how) =>
      device.map(adjoint, [y.value, y.grad!], [x.grad], how(x) === "add"),
    );
  }
  return y;
}
