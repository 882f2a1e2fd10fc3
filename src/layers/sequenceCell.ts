import type { Tape, Tensor } from "../tape/index.js";
import type { Cell } from "./layer.js";
import { type StackedState, stacked } from "./stacked.js";

/**
 * A cell whose inputs do not depend on what it has answered, so that it can be told a whole episode at once: what belongs to
 * single steps is computed for all of them together, and only memory goes from step to step.
 */
export interface SequenceCell<State> extends Cell<State> {
  /**
   * All steps of an episode: `inputs` [steps * batch, inputs], row t * batch + b, to outputs [steps * batch, neurons] in the same order, and the
   * state after the last step. The same numbers as one step after the other, but for rounding.
   *
   * @throws RangeError for another shape
   */
  whole(tape: Tape, inputs: Tensor): { readonly outputs: Tensor; readonly state: State };
}

/** As `stacked`, of cells that can be told a whole episode at once: the stack can too. */
export function stackedSequence<const Cells extends readonly SequenceCell<unknown>[]>(
  cells: Cells,
): SequenceCell<StackedState<Cells>> {
  const all = cells as readonly unknown[] as readonly SequenceCell<unknown>[];
  const stack = stacked(cells);
  return {
    inputs: stack.inputs,
    neurons: stack.neurons,
    parameters: stack.parameters,
    connections: stack.connections,
    begin: (tape, steps) => stack.begin(tape, steps),
    step: (tape, state, input) => stack.step(tape, state, input),
    mapTraces: (state, change) => stack.mapTraces(state, change),
    whole(tape, inputs) {
      let outputs = inputs;
      const states = all.map((cell) => {
        const lived = cell.whole(tape, outputs);
        outputs = lived.outputs;
        return lived.state;
      });
      return { outputs, state: states as unknown as StackedState<Cells> };
    },
  };
}

/** How many steps a whole episode's inputs are. Throws a RangeError unless they are [steps * batch, inputs]. */
export function stepsOf(
  where: string,
  tape: Tape,
  { inputs }: { readonly inputs: number },
  given: Tensor,
): number {
  const steps = given.rows / tape.batch;
  if (Number.isInteger(steps) && given.cols === inputs) return steps;
  throw new RangeError(
    `${where}: inputs must be [steps * ${tape.batch}, ${inputs}], got ${given.shape}; row t * batch + b is episode b's step t`,
  );
}
