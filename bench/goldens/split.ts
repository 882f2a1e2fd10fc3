import type { Device } from "../../src/devices/device.js";
import type { Family, Results } from "./family.js";
import type { Golden, GoldenTensor } from "./golden.js";

/**
 * Runs a golden's episodes one by one, each as a batch of 1, and puts the results together again: sequences and traces
 * side by side, losses and the gradients of parameters added up. Nothing that one episode does may change another.
 */
export function runSplit(family: Family, device: Device, golden: Golden): Results {
  const [steps, batch] = Object.values(golden.inputs)[0]!.shape as [number, number];
  const axisOf = ({ shape }: GoldenTensor): number | null => {
    if (shape[0] === steps && shape[1] === batch) return 1;
    return shape[0] === batch && shape.length === 3 ? 0 : null;
  };
  const alone = (tensor: GoldenTensor, b: number): GoldenTensor => {
    const axis = axisOf(tensor);
    if (axis === null) return tensor;
    const { shape, data } = tensor;
    const [outer, inner] = sizesAround(shape, axis);
    return {
      shape: shape.map((size, k) => (k === axis ? 1 : size)),
      data: Array.from({ length: outer }, (_, o) =>
        data.slice((o * batch + b) * inner, (o * batch + b + 1) * inner),
      ).flat(),
    };
  };
  const aloneAll = (tensors: Golden["inputs"], b: number) =>
    Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, alone(tensor, b)]));
  const runs = Array.from({ length: batch }, (_, b) =>
    family.run(device, {
      ...golden,
      inputs: aloneAll(golden.inputs, b),
      outputs: aloneAll(golden.outputs, b),
      lossWeights: aloneAll(golden.lossWeights, b),
    }),
  );

  const together = (part: "outputs" | "grads", expected: Golden["outputs"]) =>
    Object.fromEntries(
      Object.entries(expected).map(([name, tensor]) => {
        const pieces = runs.map((run) => run[part][name]!);
        const axis = name in golden.params ? null : axisOf(tensor);
        return [name, axis === null ? added(pieces) : interleaved(pieces, tensor.shape, axis)];
      }),
    );
  return {
    loss: runs.reduce((sum, { loss }) => sum + loss, 0),
    outputs: together("outputs", golden.outputs),
    grads: together("grads", golden.grads),
  };
}

/** How many elements lie outside and inside an axis. */
const sizesAround = (shape: readonly number[], axis: number): [number, number] => [
  shape.slice(0, axis).reduce((a, b) => a * b, 1),
  shape.slice(axis + 1).reduce((a, b) => a * b, 1),
];

const added = (pieces: readonly ArrayLike<number>[]): number[] =>
  Array.from(pieces[0]!, (_, i) => pieces.reduce((sum, piece) => sum + piece[i]!, 0));

function interleaved(pieces: readonly ArrayLike<number>[], shape: readonly number[], axis: number): number[] {
  const [outer, inner] = sizesAround(shape, axis);
  return Array.from({ length: outer }, (_, o) =>
    pieces.flatMap((piece) => Array.from(piece).slice(o * inner, (o + 1) * inner)),
  ).flat();
}
