import type { Device } from "../devices/device.js";
import type { Tape } from "../tape/index.js";
import { defineMap, map } from "../tape/index.js";
import type { LivedEpisode, Network } from "../training/index.js";
import { sumOfSquares } from "./losses.js";
import type { CompletionNetwork } from "./networks.js";
import { Supervised } from "./supervised.js";

/** An episode that shows something and then asks for it: its last answer should be `target`. */
export interface CompletionEpisode {
  /** [steps, inputs], row-major, for the first inputs of the network. */
  readonly inputs: Float32Array;
  /** What the answer should begin with; the rest may be anything. */
  readonly target: Float32Array;
}

/**
 * A recurrent network and episodes of one shape; the loss is the sum of squared differences at the last step.
 * Miconi et al. 2018, 4.1 and 4.2.
 */
export class Completion {
  /** The network for those who feed it themselves: what the task always adds to what it shows is added. */
  readonly alone: Network;
  private readonly learner: Supervised;
  /** Which numbers of an answer count, [width]. */
  private readonly counts: Float32Array;

  /**
   * `steps` and `targets` (how many numbers of the answer are judged, as many as are shown) are those of every episode.
   * `bias`: what follows the shown numbers at every step.
   */
  constructor(
    device: Device,
    private readonly network: CompletionNetwork,
    private readonly steps: number,
    targets: number,
    bias: readonly number[],
  ) {
    this.alone = aloneFrom(network, targets, bias);
    this.learner = new Supervised(device, network, { steps, asked: [steps - 1], batch: 1 }, sumOfSquares);
    this.counts = new Float32Array(this.learner.width).fill(1, 0, targets);
  }

  prepare({ inputs, target }: CompletionEpisode): void {
    const { cell, scale } = this.network;
    const scaled = scale === 1 ? inputs : inputs.map((each) => scale * each);
    const shown = widened(scaled, this.steps, cell.inputs);
    this.learner.prepare(shown, widened(target, 1, this.learner.width), this.counts);
  }

  live(tape: Tape): LivedEpisode {
    return this.learner.live(tape);
  }

  release(): void {
    this.learner.release();
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
