import type { Device } from "../devices/device.js";
import { matmul, Parameter, type Tape, type Tensor } from "../tape/index.js";
import { type Gaussian, gaussian, type Layer } from "./layer.js";

/**
 * What a gate of a recurrent cell is computed from: x @ input + y @ recurrent + bias, the three of them apart, for the
 * cell's equation to add up. `input` is [inputs, neurons], `recurrent` [neurons, neurons], `bias` [1, neurons].
 */
export class Gate implements Layer {
  readonly input: Parameter;
  readonly recurrent: Parameter;
  readonly bias: Parameter;

  /** Weights start normal with standard deviation 1 / sqrt(neurons); every bias at `bias`. */
  constructor(
    device: Device,
    name: string,
    inputs: number,
    neurons: number,
    random: Gaussian,
    { bias = 0 }: { readonly bias?: number } = {},
  ) {
    const weights = (rows: number) => gaussian(random, rows * neurons, 1 / Math.sqrt(neurons));
    this.input = new Parameter(`${name}.input`, device, inputs, neurons, weights(inputs));
    this.recurrent = new Parameter(`${name}.recurrent`, device, neurons, neurons, weights(neurons));
    this.bias = new Parameter(`${name}.bias`, device, 1, neurons, new Float32Array(neurons).fill(bias));
  }

  get parameters(): Parameter[] {
    return [this.input, this.recurrent, this.bias];
  }

  /** x [rows, inputs] -> x @ input [rows, neurons]. */
  project(tape: Tape, x: Tensor): Tensor {
    return matmul(tape, x, tape.param(this.input));
  }

  /** What `project` made of x and y [batch, neurons] -> x @ input and y @ recurrent [batch, neurons], and the bias [1, neurons]. */
  terms(tape: Tape, projected: Tensor, y: Tensor): [Tensor, Tensor, Tensor] {
    return [projected, matmul(tape, y, tape.param(this.recurrent)), tape.param(this.bias)];
  }
}
