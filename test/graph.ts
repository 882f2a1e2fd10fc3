import type { Device } from "../src/devices/device.js";
import { defineMap, map, Parameter, sum, Tape, type Tensor } from "../src/tape/index.js";
import { random } from "../src/tasks/random.js";

/** What a graph is computed from: a learned parameter, or an input whose adjoint is wanted too. */
export interface Leaf {
  readonly kind: "parameter" | "input";
  readonly rows: number;
  readonly cols: number;
  readonly data: Float64Array;
}

/** A small computation with a loss, to be run on any device. */
export interface Graph {
  readonly batch: number;
  readonly leaves: Readonly<Record<string, Leaf>>;
  build(tape: Tape, leaves: Readonly<Record<string, Tensor>>): Built;
}
export interface Built {
  readonly loss: Tensor;
  readonly outputs: Readonly<Record<string, Tensor>>;
}

export interface Numbers {
  readonly outputs: Readonly<Record<string, ArrayLike<number>>>;
  readonly grads: Readonly<Record<string, ArrayLike<number>>>;
}

/** Runs a graph forward and backward: its outputs (the loss is one) and the gradient of every leaf. */
export function runGraph(device: Device, graph: Graph): Numbers {
  return onTape(device, graph, true, (tape, tensors, { loss, outputs }) => {
    tape.backward(loss);
    const read = (part: "value" | "grad", from: Readonly<Record<string, Tensor>>) =>
      Object.fromEntries(Object.entries(from).map(([key, tensor]) => [key, device.read(tensor[part]!)]));
    return { outputs: read("value", { ...outputs, loss }), grads: read("grad", tensors) };
  });
}

/** The loss alone, with one leaf's values replaced. */
export function lossOf(device: Device, graph: Graph, leaf: string, data: Float64Array): number {
  const leaves = { ...graph.leaves, [leaf]: { ...graph.leaves[leaf]!, data } };
  return onTape(
    device,
    { ...graph, leaves },
    false,
    (_tape, _tensors, { loss }) => device.read(loss.value)[0]!,
  );
}

function onTape<Result>(
  device: Device,
  graph: Graph,
  recording: boolean,
  use: (tape: Tape, tensors: Readonly<Record<string, Tensor>>, built: Built) => Result,
): Result {
  const tape = new Tape(device, graph.batch, recording);
  const parameters: Parameter[] = [];
  const tensors = Object.fromEntries(
    Object.entries(graph.leaves).map(([key, { kind, rows, cols, data }]) => {
      if (kind === "input") return [key, tape.variable(rows, cols, data)];
      const parameter = new Parameter(key, device, rows, cols, data);
      parameters.push(parameter);
      return [key, tape.param(parameter)];
    }),
  );
  const result = use(tape, tensors, graph.build(tape, tensors));
  for (const parameter of parameters) parameter.release();
  return result;
}

/** Numbers drawn from -1 to 1, exact in float32 so that devices start from the same ones. */
export function uniformNumbers(
  seed: number,
  stream: string,
  count: number,
  low = -1,
  high = 1,
): Float64Array {
  const numbers = random(seed, stream, 0);
  return Float64Array.from({ length: count }, () => Math.fround(low + (high - low) * numbers.uniform()));
}

/** A leaf of numbers between -1 and 1. */
export function leaf(
  seed: number,
  name: string,
  kind: Leaf["kind"],
  rows: number,
  cols: number,
  scale = 1,
): Leaf {
  return { kind, rows, cols, data: uniformNumbers(seed, name, rows * cols, -scale, scale) };
}

const product = defineMap(["x", "c"], { y: "x * c" });
const addition = defineMap(["a", "b"], { y: "a + b" });

/** A loss that gives every element of every tensor a random weight, so that no gradient is lost by symmetry. */
export function randomLoss(tape: Tape, seed: number, tensors: Readonly<Record<string, Tensor>>): Tensor {
  return Object.entries(tensors)
    .map(
      ([key, { rows, cols }]) =>
        [key, tape.constant(rows, cols, uniformNumbers(seed, `loss ${key}`, rows * cols))] as const,
    )
    .map(([key, c]) => sum(tape, map(tape, product, [tensors[key]!, c])[0]!))
    .reduce((a, b) => map(tape, addition, [a, b])[0]!);
}
