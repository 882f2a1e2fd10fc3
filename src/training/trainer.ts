import type { Device } from "../devices/device.js";
import { Tape } from "../tape/index.js";
import { Adam } from "./adam.js";
import { divergedBackward, divergedForward, expectFinite, SaturationWatch } from "./divergence.js";
import type { Model } from "./experiment.js";

export interface TrainedEpisode {
  readonly loss: number;
  /** Of all gradients together, before clipping. */
  readonly gradientNorm: number;
  readonly metrics: Readonly<Record<string, number>>;
}

/** A model and its optimiser, one episode after another. */
export class Trainer {
  readonly adam: Adam;
  private readonly saturation = new SaturationWatch();

  constructor(
    private readonly device: Device,
    readonly model: Model,
  ) {
    this.adam = new Adam(device, model.parameters, model.adam);
  }

  /**
   * Lives through training episode `index`, goes back through it and moves the parameters once.
   * Throws a DivergenceError before anything non-finite reaches a parameter.
   */
  train(seed: number, index: number): TrainedEpisode {
    const { device, model, adam } = this;
    const tape = new Tape(device, 1);
    const lived = model.live(tape, "train", seed, index);
    const loss = device.read(lived.loss.value)[0]!;
    if (!Number.isFinite(loss)) throw divergedForward(tape, lived, index + 1, adam.lr);
    const metrics = lived.measure();
    tape.backward(lived.loss);
    const gradientNorm = adam.gradientNorm();
    if (!Number.isFinite(gradientNorm)) throw divergedBackward(device, model.parameters, index + 1, adam.lr);
    this.saturation.see(loss, gradientNorm, index + 1, adam.lr);
    adam.step();
    return { loss, gradientNorm, metrics };
  }

  /** Throws a DivergenceError if `episode` (1-based) left anything in parameters or moments that is not finite. */
  expectFinite(episode: number): void {
    expectFinite(this.device, this.adam.moments, episode, this.adam.lr);
  }

  release(): void {
    this.adam.release();
    for (const parameter of this.model.parameters) parameter.release();
  }
}
