import type { MapProgram } from "../../devices/device.js";
import { name } from "../../formulas/index.js";
import type { Tape } from "../tape.js";
import type { Tensor } from "../tensor.js";

const identity: MapProgram = { inputs: ["x"], outputs: [name("x")] };

/** The sum of all elements, [1, 1]. Adjoint: d spread over every element. */
export function sum(tape: Tape, x: Tensor): Tensor {
  const { device } = tape;
  const out = tape.result(device.scratch(1, 1), [x]);
  device.map(identity, [x.value], [out.value], false);
  if (out.differentiable) {
    tape.onBackward({ sets: [x] }, (how) => device.map(identity, [out.grad!], [x.grad], how(x) === "add"));
  }
  return out;
}
