import type { Buffer, Device, MapProgram } from "../devices/device.js";
import { parseFormula } from "../formulas/index.js";
import type { Parameter } from "../tape/index.js";
import type { Moments } from "./adam.js";
import { GradientNorm } from "./gradientNorm.js";
import { aboveZero, expectOptimizerOptions, fromZero } from "./optimizerOptions.js";

/** Constants of `Sgd`. */
export interface SgdOptions {
  /** Learning rate of the first step. */
  readonly lr: number;
  /** L2: the gradient of weightDecay / 2 * the sum of squares is added to that of the loss, after clipping. */
  readonly weightDecay?: number;
  /** Gradients of a larger global norm are scaled down to this one. */
  readonly clipNorm?: number;
  /** The learning rate is multiplied by `factor` after every `every` steps, from step `after` (0 unless given) on. */
  readonly schedule?: { readonly every: number; readonly factor: number; readonly after?: number };
}

const descent: MapProgram = {
  inputs: ["p", "g", "rate", "scale", "kept"],
  outputs: [parseFormula("kept * p - rate * scale * g")],
};

/**
 * Stochastic gradient descent without momentum over a network's trained parameters: p -= lr (scale g + weightDecay p). Has the
 * same steps as `Adam`. Parameters with `trained: false` are left alone.
 */
export class Sgd {
  /** The trained parameters, in the network's order. */
  readonly parameters: readonly Parameter[];
  readonly moments: readonly Moments[] = [];
  /** Steps made so far, from which the schedule follows: part of the state. */
  steps = 0;
  /** What the rate is multiplied by beyond the schedule, such as when a validation loss does not fall any more: part of the state. */
  annealed = 1;
  private readonly norm: GradientNorm;
  private readonly one: Buffer;
  private readonly rate: Buffer;
  private readonly kept: Buffer;

  /** @throws TypeError or RangeError for an option that there is not, or cannot be so */
  constructor(
    private readonly device: Device,
    parameters: readonly Parameter[],
    readonly options: SgdOptions,
  ) {
    expectOptimizerOptions("sgd", options, { weightDecay: fromZero, clipNorm: aboveZero });
    this.parameters = parameters.filter((parameter) => parameter.trained);
    this.norm = new GradientNorm(device, this.parameters, options.clipNorm);
    [this.one, this.rate, this.kept] = [device.allocate(1, 1), device.allocate(1, 1), device.allocate(1, 1)];
    device.write(this.one, [1]);
  }

  /** The learning rate of the next step. */
  get lr(): number {
    const { lr, schedule } = this.options;
    if (!schedule) return lr * this.annealed;
    const { every, factor, after = 0 } = schedule;
    const times = Math.max(0, Math.floor((this.steps - after) / every));
    return lr * this.annealed * factor ** times;
  }

  /** Multiplies the learning rate from now on. */
  anneal(factor: number): void {
    this.annealed *= factor;
  }

  /** The global norm of all gradients as they are, before clipping; not finite if any gradient is not. */
  gradientNorm(): number {
    return this.norm.measure();
  }

  /** Moves every parameter once, by the gradients that `tape.backward` left, clipped if there is a `clipNorm`. */
  step(): void {
    const { weightDecay = 0, clipNorm } = this.options;
    const { device, lr } = this;
    device.write(this.rate, [lr]);
    device.write(this.kept, [1 - lr * weightDecay]);
    const scale = clipNorm === undefined ? this.one : this.norm.forStep();
    this.steps++;
    for (const { value, grad } of this.parameters) {
      device.map(descent, [value, grad, this.rate, scale, this.kept], [value], false);
    }
  }

  /** Gives its memory back to the device; the parameters stay. */
  release(): void {
    this.norm.release();
    for (const buffer of [this.one, this.rate, this.kept]) this.device.release(buffer);
  }
}
