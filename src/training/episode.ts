import type { Cell } from "../layers/index.js";
import { type Tape, Tensor, traceValue } from "../tape/index.js";
import type { NamedMatrix } from "./experiment.js";

/** What a cell gave and carries after an episode on the tape. */
export interface Lifetime<State> {
  /** The cell's output at every step, each [batch, neurons]. Valid until the tape's device is reset. */
  readonly outputs: readonly Tensor[];
  /** What the cell carries after the last step. */
  readonly state: State;
}

/**
 * Lets a cell live through one episode batch, from its initial state.
 * `inputs`: [steps * batch, inputs], row t * batch + b: a tensor, or numbers, which go to the device in one piece.
 *
 * @throws RangeError unless the inputs make a whole number of steps
 */
export function live<State>(
  tape: Tape,
  cell: Cell<State>,
  inputs: Tensor | ArrayLike<number>,
): Lifetime<State> {
  const count = inputs instanceof Tensor ? inputs.rows * inputs.cols : inputs.length;
  const rows = count / cell.inputs;
  const steps = rows / tape.batch;
  if (!Number.isInteger(steps) || steps < 1) {
    throw new RangeError(
      `live: inputs must hold steps x ${tape.batch} x ${cell.inputs} numbers (steps, batch, inputs), got ${count}`,
    );
  }
  const all = inputs instanceof Tensor ? inputs : tape.constant(rows, cell.inputs, inputs);
  const outputs: Tensor[] = [];
  let state = cell.begin(tape, steps);
  for (let t = 0; t < steps; t++) {
    const step = cell.step(tape, state, tape.rows(all, t * tape.batch, tape.batch));
    state = step.state;
    outputs.push(step.output);
  }
  return { outputs, state };
}

/** The first step whose output holds a NaN or an infinity, or null if all are finite. */
export function firstNonFiniteStep(tape: Tape, outputs: readonly Tensor[]): number | null {
  const step = outputs.findIndex((output) => !tape.device.allFinite([output.value]));
  return step < 0 ? null : step;
}

/** The traces of a cell's plastic connections in the first episode of a batch, as `connection.trace`. */
export function tracesOf<State>(tape: Tape, cell: Cell<State>, state: State): NamedMatrix[] {
  const found: NamedMatrix[] = [];
  cell.mapTraces(state, (traces, { name, rule, pre, post }) => {
    let now = traces;
    for (const trace of rule.traces) {
      const read = traceValue(now, trace);
      now = read.traces;
      const values = tape.device.read(tape.device.view(read.value.value, 0, pre));
      found.push({ name: `${name}.${trace}`, rows: pre, cols: post, values });
    }
    for (const [trace, { value }] of Object.entries(now.neurons)) {
      const values = tape.device.read(tape.device.view(value, 0, 1));
      found.push({ name: `${name}.${trace}`, rows: 1, cols: value.cols, values });
    }
    return now;
  });
  return found;
}
