import type { Cell, Linear } from "../layers/index.js";
import type { Input } from "../models/index.js";
import type { Tape, Tensor } from "../tape/index.js";

/** A network apart from its task, one life and one step at a time: for those who let it live elsewhere. */
export interface Network {
  /** What a step may be given. */
  readonly inputs: readonly Input[];
  /** How many of the output's numbers, from the first, are the answer. */
  readonly answers: number;
  /** The state at birth: tensors and traces, in objects and arrays as deep as need be. */
  begin(tape: Tape): unknown;
  /** One way of taking a step for each choice of inputs that may be given together. */
  readonly steps: readonly NetworkStep[];
}

export interface NetworkStep {
  /** Names of the inputs that it takes. */
  readonly given: readonly string[];
  /** `inputs` in that order, each [1, size and tail]; the new state has the form of the old one. */
  step(
    tape: Tape,
    state: unknown,
    inputs: readonly Tensor[],
  ): { readonly output: Tensor; readonly state: unknown; readonly modulator?: Tensor };
}

/** A cell that takes one input under this name, and a linear layer that makes its output the answer. */
export function cellWithReadout<CellState>(
  input: string,
  cell: Cell<CellState>,
  size: number,
  readout: Linear,
): Network {
  return {
    inputs: [{ name: input, size, tail: [] }],
    answers: readout.weight.shape[1],
    begin: (tape) => cell.begin(tape),
    steps: [
      {
        given: [input],
        step: (tape, state, [given]) => {
          const step = cell.step(tape, state as CellState, given!);
          return { ...step, output: readout.apply(tape, step.output) };
        },
      },
    ],
  };
}
