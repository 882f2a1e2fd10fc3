import type { Buffer, Device } from "../devices/device.js";
import { defineMap, map, sum, type Tape } from "../tape/index.js";
import { type LivedEpisode, live, type Network, tracesOf } from "../training/index.js";
import type { CompletionNetwork } from "./networks.js";

/** An episode that shows something and then asks for it: its last answer should be `target`. */
export interface CompletionEpisode {
  /** [steps, inputs], row-major, for the first inputs of the network. */
  readonly inputs: Float32Array;
  /** What the answer should begin with; the rest may be anything. */
  readonly target: Float32Array;
}

const squaredError = defineMap(["y", "target", "counts"], {
  e: "counts * (y - target) * (y - target)",
});

/**
 * A recurrent network and episodes of one shape; the loss is the sum of squared differences at the last step.
 * Miconi et al. 2018, 4.1 and 4.2. The episode's numbers lie in buffers that stay, so that a device that has seen one
 * episode can repeat it on the next one's numbers.
 */
export class Completion {
  /** The network for those who feed it themselves: what the task always adds to what it shows is added. */
  readonly alone: Network;
  private readonly inputs: Buffer;
  private readonly target: Buffer;
  private readonly counts: Buffer;
  /** Numbers in an answer: one a neuron, or the readout's. */
  private readonly answers: number;

  /**
   * `steps` and `targets` (how many numbers of the answer are judged, as many as are shown) are those of every episode.
   * `bias`: what follows the shown numbers at every step.
   */
  constructor(
    private readonly device: Device,
    private readonly network: CompletionNetwork,
    private readonly steps: number,
    targets: number,
    bias: readonly number[],
  ) {
    const { cell, readout } = network;
    this.alone = aloneFrom(network, targets, bias);
    this.answers = readout ? readout.weight.shape[1] : cell.neurons;
    this.inputs = device.allocate(steps, cell.inputs);
    this.target = device.allocate(1, this.answers);
    this.counts = device.allocate(1, this.answers);
    device.write(this.counts, new Float32Array(this.answers).fill(1, 0, targets));
  }

  prepare({ inputs, target }: CompletionEpisode): void {
    const { cell, scale } = this.network;
    const scaled = scale === 1 ? inputs : inputs.map((each) => scale * each);
    this.device.write(this.inputs, widened(scaled, this.steps, cell.inputs));
    this.device.write(this.target, widened(target, 1, this.answers));
  }

  live(tape: Tape): LivedEpisode {
    const { cell, readout } = this.network;
    const { outputs, state } = live(tape, cell, tape.input(this.inputs));
    const last = outputs.at(-1)!;
    const answer = readout ? readout.apply(tape, last) : last;
    const [error] = map(tape, squaredError, [answer, tape.input(this.target), tape.input(this.counts)]);
    return {
      loss: sum(tape, error!),
      outputs: [...outputs.slice(0, -1), answer],
      traces: () => tracesOf(tape, cell, state),
    };
  }

  release(): void {
    for (const buffer of [this.inputs, this.target, this.counts]) this.device.release(buffer);
    for (const parameter of this.network.parameters) parameter.release();
  }
}

function aloneFrom(
  { cell, readout, scale }: CompletionNetwork,
  shown: number,
  bias: readonly number[],
): Network {
  const hidden = Array.from({ length: cell.inputs - shown - bias.length }, () => 0);
  const scaled = defineMap(["u"], { u: `${scale} * u` });
  return {
    inputs: [{ name: "input", size: shown, tail: [...bias, ...hidden] }],
    answers: shown,
    begin: (tape) => cell.begin(tape),
    steps: [
      {
        given: ["input"],
        step: (tape, state, [input]) => {
          const step = cell.step(tape, state, scale === 1 ? input! : map(tape, scaled, [input!])[0]!);
          return { ...step, output: readout ? readout.apply(tape, step.output) : step.output };
        },
      },
    ],
  };
}

/** Every row of a matrix, continued with zeros. */
function widened(values: Float32Array, rows: number, cols: number): Float32Array {
  const from = values.length / rows;
  if (from === cols) return values;
  const wide = new Float32Array(rows * cols);
  for (let row = 0; row < rows; row++) wide.set(values.subarray(row * from, (row + 1) * from), row * cols);
  return wide;
}

/** A width and height for `count` numbers: the most nearly square that leaves no place empty. */
export function nearlySquare(count: number): { width: number; height: number } {
  let height = Math.floor(Math.sqrt(count));
  while (count % height !== 0) height--;
  return { width: count / height, height };
}
