import type { Buffer, Device } from "../devices/device.js";
import type { Parameter } from "../tape/index.js";
import { GradientNorm } from "./gradientNorm.js";
import { aboveZero, belowOne, expectOptimizerOptions, fromZero } from "./optimizerOptions.js";

/** Constants of `Adam`. */
export interface AdamOptions {
  /** Learning rate of the first step. */
  readonly lr: number;
  /** Decay of the mean gradient a step; 0.9 unless given. */
  readonly beta1?: number;
  /** Decay of the mean squared gradient a step; 0.999 unless given. */
  readonly beta2?: number;
  /** Added to the root of the mean square that steps are divided by; 1e-8 unless given. */
  readonly eps?: number;
  /** Decoupled: a parameter also loses lr * weightDecay of itself at every step. */
  readonly weightDecay?: number;
  /** Gradients of a larger global norm are scaled down to this one. */
  readonly clipNorm?: number;
  /** The learning rate is multiplied by `factor` after every `every` steps. */
  readonly schedule?: { readonly every: number; readonly factor: number };
}

/** A parameter's first and second moment on the device. */
export interface Moments {
  readonly parameter: Parameter;
  readonly m: Buffer;
  readonly v: Buffer;
}

/**
 * Adam over a network's trained parameters. Kingma & Ba 2015, algorithm 1; weight decay as Loshchilov & Hutter 2019.
 * Parameters with `trained: false` are left alone.
 */
export class Adam {
  readonly parameters: readonly Parameter[];
  /** Per trained parameter, in the network's order. */
  readonly moments: readonly Moments[];
  /** Steps made so far: part of the state, because it corrects the bias of the moments. */
  steps = 0;
  /** What the rate is multiplied by beyond the schedule: part of the state. */
  annealed = 1;
  private readonly norm: GradientNorm;

  /** @throws TypeError or RangeError for an option that there is not, or cannot be so */
  constructor(
    private readonly device: Device,
    parameters: readonly Parameter[],
    readonly options: AdamOptions,
  ) {
    expectOptimizerOptions("adam", options, {
      ...{ beta1: belowOne, beta2: belowOne, eps: fromZero },
      ...{ weightDecay: fromZero, clipNorm: aboveZero },
    });
    this.parameters = parameters.filter((parameter) => parameter.trained);
    this.moments = this.parameters.map((parameter) => ({
      parameter,
      m: device.allocate(...parameter.shape),
      v: device.allocate(...parameter.shape),
    }));
    this.norm = new GradientNorm(device, this.parameters, options.clipNorm);
  }

  /** The learning rate of the next step. */
  get lr(): number {
    const { lr, schedule } = this.options;
    const now = lr * this.annealed;
    return schedule ? now * schedule.factor ** Math.floor(this.steps / schedule.every) : now;
  }

  /** The global norm of all gradients as they are, before clipping; not finite if any gradient is not. */
  gradientNorm(): number {
    return this.norm.measure();
  }

  /** Moves every parameter once, by the gradients that `tape.backward` left, clipped if there is a `clipNorm`. */
  step(): void {
    const { beta1 = 0.9, beta2 = 0.999, eps = 1e-8, weightDecay = 0, clipNorm } = this.options;
    const { lr } = this;
    const scale = clipNorm === undefined ? null : this.norm.forStep();
    this.steps++;
    for (const { parameter, m, v } of this.moments) {
      this.device.adam({
        param: parameter.value,
        grad: parameter.grad,
        m,
        v,
        lr,
        beta1,
        beta2,
        eps,
        weightDecay,
        step: this.steps,
        ...(scale && { scale }),
      });
    }
  }

  /** Gives the memory of its moments back to the device; the parameters stay. */
  release(): void {
    for (const { m, v } of this.moments) {
      this.device.release(m);
      this.device.release(v);
    }
    this.norm.release();
  }
}
