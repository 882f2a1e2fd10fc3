import type { Cell, Linear, PlasticReadout } from "../layers/index.js";
import type { Input } from "../models/index.js";
import type { Tape, Tensor, TraceState } from "../tape/index.js";

export interface NetworkInput extends Input {
  /** Rows of the tensor that a step gets, as of a picture; 1 unless given. */
  readonly rows?: number;
}

/** A network apart from its task, one life and one step at a time: for those who let it live elsewhere. */
export interface Network {
  /** What a step may be given. */
  readonly inputs: readonly NetworkInput[];
  /** How many of the output's numbers, from the first, are the answer. */
  readonly answers: number;
  /** The state at birth: tensors and traces, in objects and arrays as deep as need be. */
  begin(tape: Tape): unknown;
  /** One way of taking a step for each choice of inputs that may be given together. */
  readonly steps: readonly NetworkStep[];
}

/** A step of a network, of which a model file describes one for each set of inputs. */
export interface NetworkStep {
  /** Names of the inputs that it takes. */
  readonly given: readonly string[];
  /** `inputs` in that order, each [1, size and tail] or as `rows` says; the new state has the form of the old one. */
  step(
    tape: Tape,
    state: unknown,
    inputs: readonly Tensor[],
  ): { readonly output: Tensor; readonly state: unknown; readonly modulator?: Tensor };
}

/** How a cell's network is described: its input, and what a step is fed beside it. */
export interface CellNetworkOptions {
  /** What the input is called; "input" unless given. */
  readonly input?: string;
  /** Numbers that always follow the input: [1] for a neuron that is always on. */
  readonly tail?: readonly number[];
  /** Makes the cell's output the answer. Without it, the answer is what the neurons do. */
  readonly readout?: Linear;
  /** How many of the output's numbers, from the first, are the answer; all unless given. */
  readonly answers?: number;
}

/** A cell that takes one input, as a network for those who let it live elsewhere. Throws a RangeError for sizes that do not fit. */
export function cellNetwork<CellState>(cell: Cell<CellState>, options: CellNetworkOptions = {}): Network {
  const { input = "input", tail = [], readout } = options;
  const outputs = readout ? readout.weight.shape[1] : cell.neurons;
  const { answers = outputs } = options;
  const size = cell.inputs - tail.length;
  if (size < 1) {
    throw new RangeError(
      `cellNetwork: a cell of ${cell.inputs} inputs leaves none beside ${tail.length} constant ones`,
    );
  }
  if (!(Number.isInteger(answers) && answers >= 1 && answers <= outputs)) {
    throw new RangeError(`cellNetwork: answers must be a whole number from 1 to ${outputs}, got ${answers}`);
  }
  return {
    inputs: [{ name: input, size, tail }],
    answers,
    begin: (tape) => cell.begin(tape),
    steps: [
      {
        given: [input],
        step: (tape, state, [given]) => {
          const step = cell.step(tape, state as CellState, given!);
          return readout ? { ...step, output: readout.apply(tape, step.output) } : step;
        },
      },
    ],
  };
}

/** A cell that takes one input of `size` numbers under this name, and a linear layer that makes its output the answer. */
export const cellWithReadout = <CellState>(
  input: string,
  cell: Cell<CellState>,
  size: number,
  readout: Linear,
): Network => ({ ...cellNetwork(cell, { input, readout }), inputs: [{ name: input, size, tail: [] }] });

/** How a few-shot classifier's network is described. */
export interface FewShotOptions {
  /** What the input is called; "picture" unless given. */
  readonly input?: string;
  /** Numbers in it; as many as the readout takes unless given. */
  readonly size?: number;
  /** Rows of the tensor that `features` gets, as of a picture; 1 unless given. */
  readonly rows?: number;
  /** What the readout is shown of it: [rows, size / rows] -> [1, readout.inputs]; the input itself unless given. */
  readonly features?: (tape: Tape, input: Tensor) => Tensor;
}

/**
 * A readout that learns classes from examples, as a network for those who let it live elsewhere: a step that is given a
 * `label`, one-hot, learns it; one that is not answers with the probability of each class, and learns nothing.
 */
export function fewShotNetwork(readout: PlasticReadout, options: FewShotOptions = {}): Network {
  const { input = "picture", size = readout.inputs, rows, features = (_: Tape, x: Tensor) => x } = options;
  const answered = ({ output, traces }: { output: Tensor; traces: TraceState }) => ({
    output,
    state: traces,
  });
  return {
    inputs: [
      { name: input, size, rows, tail: [] },
      { name: "label", size: readout.classes, tail: [] },
    ],
    answers: readout.classes,
    begin: (tape) => readout.begin(tape),
    steps: [
      {
        given: [input],
        step: (tape, state, [x]) => answered(readout.answer(tape, state as TraceState, features(tape, x!))),
      },
      {
        given: [input, "label"],
        step: (tape, state, [x, label]) =>
          answered(readout.step(tape, state as TraceState, features(tape, x!), label!)),
      },
    ],
  };
}
