import type { Buffer } from "../../devices/device.js";
import type { Tape } from "../tape.js";
import type { Tensor } from "../tensor.js";
import { defineMap } from "./map.js";

const { forward: product } = defineMap(["d", "g"], { p: "d * g" });

/**
 * A loss that the host computes from tensors it reads, together with its gradient in them; no formula is needed here.
 * `value` [1, 1] and each gradient (shaped as its tensor) are kept buffers, which the host has written by the time of
 * `tape.backward`.
 */
export function hostLoss(
  tape: Tape,
  value: Buffer,
  inputs: readonly { readonly tensor: Tensor; readonly gradient: Buffer }[],
): Tensor {
  const loss = tape.result(
    value,
    inputs.map(({ tensor }) => tensor),
  );
  if (loss.differentiable) {
    const tensors = inputs.flatMap(({ tensor }) => (tensor.differentiable ? [tensor] : []));
    tape.onBackward({ sets: tensors }, (how) => {
      for (const { tensor, gradient } of inputs) {
        if (!tensor.differentiable) continue;
        tape.device.map(product, [loss.grad!, gradient], [tensor.grad], how(tensor) === "add");
      }
    });
  }
  return loss;
}
