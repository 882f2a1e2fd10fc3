import type { Device } from "../../src/devices/device.js";
import type { Gaussian, Linear, Modulator } from "../../src/layers/index.js";
import { defineMap, map, type Parameter, sum, type Tape, type Tensor } from "../../src/tape/index.js";
import { type Golden, tensorOf, transposed } from "./golden.js";

/** Initial weights that the golden's own replace at once. */
export const zeros: Gaussian = { normal: () => 0 };

/** How a golden matrix lies: as ours ([pre, post]), or with rows for post, as PyTorch's `Linear.weight` [out, in]. */
export type Orientation = "pre-post" | "post-pre";

/** Which parameter each of a golden's tensors was loaded into, to find its gradient afterwards. */
export class Binding {
  private readonly bound: { name: string; parameter: Parameter; orientation: Orientation }[] = [];

  constructor(
    private readonly device: Device,
    private readonly golden: Golden,
  ) {}

  /** Loads the golden's tensor of that name. */
  load(name: string, parameter: Parameter, orientation: Orientation = "pre-post"): void {
    const { data } = tensorOf(this.golden.params, name);
    const [rows, cols] = parameter.shape;
    this.device.write(parameter.value, orientation === "pre-post" ? data : transposed(data, cols, rows));
    this.bound.push({ name, parameter, orientation });
  }

  /** Loads `<name>.weight` and `<name>.bias`. */
  loadLinear(name: string, layer: Linear): void {
    this.load(`${name}.weight`, layer.weight, "post-pre");
    this.load(`${name}.bias`, layer.bias);
  }

  /** Loads a modulator's layers, if there is one; `names` says what the golden calls them. */
  loadModulator(modulator: Modulator | null, names: Readonly<Record<string, string>>): void {
    for (const parameter of modulator?.parameters ?? []) {
      const [layer, part] = parameter.name.split(".") as [string, string];
      this.load(`${names[layer]!}.${part}`, parameter, part === "weight" ? "post-pre" : "pre-post");
    }
  }

  /** Loads the sum of vectors that only ever occur together, as the biases of two layers that are added. */
  loadSum(names: readonly string[], parameter: Parameter): void {
    const vectors = names.map((name) => tensorOf(this.golden.params, name).data);
    this.device.write(
      parameter.value,
      vectors[0]!.map((_, i) => vectors.reduce((sum, vector) => sum + vector[i]!, 0)),
    );
    for (const name of names) this.bound.push({ name, parameter, orientation: "pre-post" });
  }

  /** The gradients of all loaded tensors, as the golden lays them out. */
  gradients(): Record<string, ArrayLike<number>> {
    return Object.fromEntries(
      this.bound.map(({ name, parameter, orientation }) => {
        const grad = this.device.read(parameter.grad);
        return [name, orientation === "pre-post" ? grad : transposed(grad, ...parameter.shape)];
      }),
    );
  }

  release(): void {
    for (const parameter of new Set(this.bound.map(({ parameter }) => parameter))) parameter.release();
  }
}

const product = defineMap(["x", "c"], { y: "x * c" });
const addition = defineMap(["a", "b"], { y: "a + b" });

/** The sum of x * c over all elements, [1, 1]: the goldens' losses are sums of these. */
export function weightedSum(tape: Tape, x: Tensor, c: ArrayLike<number>): Tensor {
  return sum(tape, map(tape, product, [x, tape.constant(x.rows, x.cols, c)])[0]!);
}

export function total(tape: Tape, terms: readonly Tensor[]): Tensor {
  return terms.reduce((a, b) => map(tape, addition, [a, b])[0]!);
}

/** The tensors' numbers (or their adjoints'), one after another: time steps joined to [time, batch, n]. */
export function joined(device: Device, tensors: readonly Tensor[], part: "value" | "grad"): number[] {
  return tensors.flatMap((tensor) => [...device.read(tensor[part]!)]);
}
