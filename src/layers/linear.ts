import type { Device } from "../devices/device.js";
import { defineMap, map, matmul, Parameter, type Tape, type Tensor } from "../tape/index.js";
import { expectSize } from "./expectLayerOptions.js";
import { type Gaussian, gaussian, type Layer } from "./layer.js";

const addBias = defineMap(["y", "b"], { y: "y + b" });

/** y = x @ weight + bias: [rows, inputs] -> [rows, outputs]. `weight` is [inputs, outputs], `bias` [1, outputs]. */
export class Linear implements Layer {
  readonly weight: Parameter;
  readonly bias: Parameter;

  /** Weights (`name`.weight) start normal with standard deviation 1 / sqrt(inputs), biases (`name`.bias) at 0. */
  constructor(device: Device, name: string, inputs: number, outputs: number, random: Gaussian) {
    expectSize(`linear ${name}`, "inputs", inputs);
    expectSize(`linear ${name}`, "outputs", outputs);
    const weights = gaussian(random, inputs * outputs, 1 / Math.sqrt(inputs));
    this.weight = new Parameter(`${name}.weight`, device, inputs, outputs, weights);
    this.bias = new Parameter(`${name}.bias`, device, 1, outputs, null);
  }

  /** Its weights [inputs, outputs] and bias [1, outputs]. */
  get parameters(): Parameter[] {
    return [this.weight, this.bias];
  }

  /** x [rows, inputs] -> [rows, outputs]. Throws a RangeError for another number of columns. */
  apply(tape: Tape, x: Tensor): Tensor {
    return map(tape, addBias, [matmul(tape, x, tape.param(this.weight)), tape.param(this.bias)])[0]!;
  }
}
