import type { PlasticRnn } from "../layers/index.js";
import { defineMap, map, sum, type Tape, type TraceState, traceValue } from "../tape/index.js";
import { type EpisodePictures, type LivedEpisode, live, type NamedMatrix } from "../training/index.js";

/** An episode that shows something and then asks for it: its last output should be `target`. */
export interface CompletionEpisode {
  /** [steps, inputs], row-major, for the first neurons of the network. */
  readonly inputs: Float32Array;
  readonly steps: number;
  /** What the first neurons should say at the last step; the others may say anything. */
  readonly target: Float32Array;
}

const squaredError = defineMap(["y", "target", "counts"], {
  e: "counts * (y - target) * (y - target)",
});

/**
 * A recurrent network lives through an episode; the loss is the sum of squared differences at the last step.
 * Miconi et al. 2018, 4.1 and 4.2. `judge` and `picture` are handed the last output, one number a neuron.
 */
export function liveCompletion(
  tape: Tape,
  network: PlasticRnn,
  episode: CompletionEpisode,
  judge: (output: ArrayLike<number>) => Record<string, number>,
  picture: (output: ArrayLike<number>) => EpisodePictures,
): LivedEpisode {
  const { neurons } = network;
  const { outputs, state } = live(tape, network, widened(episode.inputs, episode.steps, neurons));
  const last = outputs.at(-1)!;
  const counts = new Float32Array(neurons).fill(1, 0, episode.target.length);
  const target = tape.constant(1, neurons, widened(episode.target, 1, neurons));
  const [error] = map(tape, squaredError, [last, target, tape.constant(1, neurons, counts)]);
  const output = () => tape.device.read(last.value);
  return {
    loss: sum(tape, error!),
    outputs,
    measure: () => judge(output()),
    pictures: () => picture(output()),
    traces: () => network.connection.rule.traces.map((trace) => readTrace(tape, state.traces, trace)),
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
