import type { Parameter, Tape, Tensor } from "../tape/index.js";
import type { Cell, CellStep, ConnectionInfo, TraceChange } from "./layer.js";

/** The states of a stack's cells, from the first to the last. */
export type StackedState<Cells extends readonly Cell<unknown>[]> = {
  readonly [Layer in keyof Cells]: Cells[Layer] extends Cell<infer State> ? State : never;
};

/**
 * Cells one above another, each fed with the output of the one below; a cell itself, whose state is the tuple of theirs.
 * Give each its own `name`: checkpoints find parameters by it.
 *
 * @throws RangeError for no cells, or one that takes another number of inputs than the one below has neurons
 */
export function stacked<const Cells extends readonly Cell<unknown>[]>(
  cells: Cells,
): Cell<StackedState<Cells>> {
  const all = cells as readonly unknown[] as readonly Cell<unknown>[];
  const [first, last] = [all[0], all.at(-1)];
  if (!first || !last) throw new RangeError("stacked: expected at least one cell, got none");
  all.slice(1).forEach((cell, k) => {
    if (cell.inputs === all[k]!.neurons) return;
    throw new RangeError(
      `stacked: cell ${k + 1} takes ${cell.inputs} inputs, the cell below it has ${all[k]!.neurons} neurons; ` +
        "make them the same, or put a Projected in between",
    );
  });
  const typed = (states: readonly unknown[]) => states as unknown as StackedState<Cells>;
  return {
    inputs: first.inputs,
    neurons: last.neurons,
    get parameters(): Parameter[] {
      return all.flatMap((cell) => cell.parameters);
    },
    get connections(): ConnectionInfo[] {
      return all.flatMap((cell) => cell.connections);
    },
    begin: (tape: Tape, steps?: number) => typed(all.map((cell) => cell.begin(tape, steps))),
    step(tape: Tape, states: StackedState<Cells>, input: Tensor): CellStep<StackedState<Cells>> {
      let flow = input;
      let modulator: Tensor | undefined;
      const next = all.map((cell, k) => {
        const step = cell.step(tape, (states as readonly unknown[])[k], flow);
        flow = step.output;
        modulator = step.modulator ?? modulator;
        return step.state;
      });
      return { output: flow, state: typed(next), modulator };
    },
    mapTraces: (states: StackedState<Cells>, change: TraceChange) =>
      typed(all.map((cell, k) => cell.mapTraces((states as readonly unknown[])[k], change))),
  };
}
