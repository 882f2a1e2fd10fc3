import type { Buffer, Device } from "../devices/device.js";
import type { PlasticRnn } from "../layers/index.js";
import { defineMap, map, sum, type Tape, type TraceState, traceValue } from "../tape/index.js";
import { type LivedEpisode, live, type NamedMatrix } from "../training/index.js";

/** An episode that shows something and then asks for it: its last output should be `target`. */
export interface CompletionEpisode {
  /** [steps, inputs], row-major, for the first neurons of the network. */
  readonly inputs: Float32Array;
  /** What the first neurons should say at the last step; the others may say anything. */
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
  private readonly inputs: Buffer;
  private readonly target: Buffer;
  private readonly counts: Buffer;

  /** `steps` and `targets` (how many neurons are judged) are those of every episode. */
  constructor(
    private readonly device: Device,
    private readonly network: PlasticRnn,
    private readonly steps: number,
    targets: number,
  ) {
    this.inputs = device.allocate(steps, network.neurons);
    this.target = device.allocate(1, network.neurons);
    this.counts = device.allocate(1, network.neurons);
    device.write(this.counts, new Float32Array(network.neurons).fill(1, 0, targets));
  }

  prepare(episode: CompletionEpisode): void {
    const { neurons } = this.network;
    this.device.write(this.inputs, widened(episode.inputs, this.steps, neurons));
    this.device.write(this.target, widened(episode.target, 1, neurons));
  }

  live(tape: Tape): LivedEpisode {
    const { outputs, state } = live(tape, this.network, tape.input(this.inputs));
    const [error] = map(tape, squaredError, [
      outputs.at(-1)!,
      tape.input(this.target),
      tape.input(this.counts),
    ]);
    return {
      loss: sum(tape, error!),
      outputs,
      traces: () => this.network.connection.rule.traces.map((trace) => readTrace(tape, state.traces, trace)),
    };
  }

  release(): void {
    for (const buffer of [this.inputs, this.target, this.counts]) this.device.release(buffer);
    for (const parameter of this.network.parameters) parameter.release();
  }
}

/** Every row of a matrix, continued with zeros. */
function widened(values: Float32Array, rows: number, cols: number): Float32Array {
  const from = values.length / rows;
  if (from === cols) return values;
  const wide = new Float32Array(rows * cols);
  for (let row = 0; row < rows; row++) wide.set(values.subarray(row * from, (row + 1) * from), row * cols);
  return wide;
}

function readTrace(tape: Tape, traces: TraceState, trace: string): NamedMatrix {
  const { value } = traceValue(traces, trace);
  return {
    name: `recurrent.${trace}`,
    rows: value.rows,
    cols: value.cols,
    values: tape.device.read(value.value),
  };
}

/** A width and height for `count` numbers: the most nearly square that leaves no place empty. */
export function nearlySquare(count: number): { width: number; height: number } {
  let height = Math.floor(Math.sqrt(count));
  while (count % height !== 0) height--;
  return { width: count / height, height };
}
