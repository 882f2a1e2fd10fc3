import type { Buffer, Device } from "../devices/device.js";
import { type Cell, type Linear, rulesOf } from "../layers/index.js";
import type { Rule } from "../rules/index.js";
import type { Parameter, Tape, Tensor } from "../tape/index.js";
import { type LivedEpisode, live, tracesOf } from "../training/index.js";
import type { SequenceLoss } from "./losses.js";

/** A recurrent network that answers. */
export interface AnsweringNetwork {
  readonly cell: Cell<unknown>;
  /** What makes an answer of the cell's output; null: the output is the answer. */
  readonly readout: Linear | null;
  readonly parameters: readonly Parameter[];
}

/** What all batches of episodes have in common. */
export interface AnswerTimes {
  readonly steps: number;
  /** The steps that are asked for an answer, ascending. */
  readonly asked: readonly number[];
  /** Episodes side by side. */
  readonly batch: number;
}

/**
 * A recurrent network that is told, after an episode, what it should have answered at some of its steps. The numbers of
 * the episodes lie in buffers that stay, so that a device that has seen one batch can repeat it on the next one's.
 */
export class Supervised {
  /** Numbers in an answer. */
  readonly width: number;
  readonly rules: Readonly<Record<string, Rule>>;
  private readonly inputs: Buffer;
  /** [asked * batch, width]. */
  private readonly targets: Buffer;
  private readonly mask: Buffer;
  private readonly share: Buffer;
  private given: readonly Tensor[] = [];

  constructor(
    private readonly device: Device,
    private readonly network: AnsweringNetwork,
    private readonly times: AnswerTimes,
    private readonly loss: SequenceLoss,
  ) {
    const { cell, readout } = network;
    const { steps, asked, batch } = times;
    this.width = readout ? readout.weight.shape[1] : cell.neurons;
    this.rules = rulesOf(cell.connections);
    this.inputs = device.allocate(steps * batch, cell.inputs);
    this.targets = device.allocate(asked.length * batch, this.width);
    this.mask = device.allocate(asked.length * batch, this.width);
    this.share = device.allocate(1, 1);
  }

  /**
   * Puts a batch of episodes where `live` finds it. `inputs` [steps * batch, inputs of the cell], `targets` and `mask` [asked *
   * batch, width], each row-major, row k * batch + b.
   */
  prepare(inputs: Float32Array, targets: Float32Array, mask: Float32Array): void {
    const { device, width, loss } = this;
    device.write(this.inputs, inputs);
    device.write(this.targets, targets);
    device.write(this.mask, mask);
    const counted = mask.reduce((sum, each) => sum + each, 0);
    device.write(this.share, [(loss.targets === "classes" ? width : 1) / counted]);
  }

  live(tape: Tape): LivedEpisode {
    const { cell, readout } = this.network;
    const { asked, batch } = this.times;
    const { outputs, state } = live(tape, cell, tape.input(this.inputs));
    const [targets, mask] = [tape.input(this.targets), tape.input(this.mask)];
    const answers = asked.map((step, k) => ({
      step,
      answer: readout ? readout.apply(tape, outputs[step]!) : outputs[step]!,
      target: tape.rows(targets, k * batch, batch),
      mask: tape.rows(mask, k * batch, batch),
    }));
    this.given = answers.map(({ answer }) => answer);
    const before = asked.at(-1) === outputs.length - 1 ? outputs.slice(0, -1) : outputs;
    return {
      loss: this.loss.of(tape, answers, tape.input(this.share)),
      // The last output is what episodes are judged by.
      outputs: [...before, this.given.at(-1)!],
      traces: () => tracesOf(tape, cell, state),
    };
  }

  /** What was answered in the batch lived last: for each step that was asked, [batch, width]. */
  answers(): (Float32Array | Float64Array)[] {
    return this.given.map(({ value }) => this.device.read(value));
  }

  release(): void {
    for (const buffer of [this.inputs, this.targets, this.mask, this.share]) this.device.release(buffer);
    for (const parameter of this.network.parameters) parameter.release();
  }
}
