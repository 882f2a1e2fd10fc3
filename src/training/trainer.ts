import type { Captured, Device } from "../devices/device.js";
import { Tape } from "../tape/index.js";
import { divergedBackward, divergedForward, expectFinite, SaturationWatch } from "./divergence.js";
import { type LivedEpisode, meanMetrics, type TrainableModel } from "./experiment.js";
import { type Optimizer, optimizerOf } from "./optimizer.js";

export interface TrainedEpisode {
  readonly loss: number;
  /** Of all gradients together, before clipping. */
  readonly gradientNorm: number;
  /** Means over the batch. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** A model and its optimiser, one batch of episodes after another. */
export class Trainer {
  readonly optimizer: Optimizer;
  readonly saturation = new SaturationWatch();
  /** The latest batch, forward and backward; the device remembers how it went and repeats it on new inputs. */
  private latest: { readonly tape: Tape; readonly lived: LivedEpisode } | null = null;
  private captured: Captured | null = null;

  constructor(
    private readonly device: Device,
    readonly model: TrainableModel,
  ) {
    this.optimizer = optimizerOf(device, model);
  }

  /**
   * Lives through a batch of training episodes, the first of which has number `first` (from 0), goes back through them
   * and moves the parameters once. Throws a DivergenceError before anything non-finite reaches a parameter.
   */
  train(seed: number, first: number): TrainedEpisode {
    const { device, model, optimizer } = this;
    const episode = first + model.batch;
    const judge = model.prepare("train", seed, first);
    if (this.captured) this.captured.repeat();
    else this.captured = device.capture(() => this.episode());
    const { tape, lived } = this.latest!;
    const loss = device.read(lived.loss.value)[0]!;
    if (!Number.isFinite(loss)) throw divergedForward(tape, lived, episode, optimizer.lr);
    const metrics = meanMetrics(judge.measure(device.read(lived.outputs.at(-1)!.value)));
    const gradientNorm = optimizer.gradientNorm();
    if (!Number.isFinite(gradientNorm))
      throw divergedBackward(device, model.parameters, episode, optimizer.lr);
    this.saturation.see(loss, gradientNorm, episode, optimizer.lr);
    optimizer.step();
    return { loss, gradientNorm, metrics };
  }

  private episode(): void {
    const tape = new Tape(this.device, this.model.batch);
    const lived = this.model.live(tape);
    tape.backward(lived.loss);
    this.latest = { tape, lived };
  }

  /** Throws a DivergenceError if `episode` (1-based) left anything in parameters or moments that is not finite. */
  expectFinite(episode: number): void {
    expectFinite(this.device, this.optimizer, episode);
  }

  release(): void {
    this.captured?.release();
    this.optimizer.release();
    this.model.release();
  }
}
