import type { Rule } from "../rules/rule.js";
import type { Parameter, Tape, Tensor, TraceState } from "../tape/index.js";

/** Where initial weights come from: an explicit generator of standard normal numbers. */
export interface Gaussian {
  /** A number from the standard normal distribution. */
  normal(): number;
}

/** Anything with learned matrices. */
export interface Layer {
  readonly parameters: readonly Parameter[];
}

/** A recurrent network, one step at a time. State goes in, state comes out; the cell remembers no episode. */
export interface Cell<State> extends Layer {
  readonly inputs: number;
  readonly neurons: number;
  /** Its plastic connections, those included whose rule leaves them as they are. */
  readonly connections: readonly ConnectionInfo[];
  /** The state at the start of an episode; `steps`, if known, lets the device plan its memory. */
  begin(tape: Tape, steps?: number): State;
  /** `input` is [batch, inputs]; the output is [batch, neurons]. Throws a RangeError for another shape. */
  step(tape: Tape, state: State, input: Tensor): CellStep<State>;
  /** The state with what `change` makes of the traces of each plastic connection: to look at them, or for an ablation. */
  mapTraces(state: State, change: TraceChange): State;
}

/** What a step of a cell gives. */
export interface CellStep<State> {
  /** [batch, neurons]. */
  readonly output: Tensor;
  readonly state: State;
  /** The neuromodulator that the network gave out, [batch, 1] or [batch, neurons], if it has one. */
  readonly modulator?: Tensor;
}

/** What tells one plastic connection from another. */
export interface ConnectionInfo {
  readonly name: string;
  readonly rule: Rule;
  /** Presynaptic and postsynaptic neurons. */
  readonly pre: number;
  readonly post: number;
}

/** The rule of each plastic connection, by the connection's name, as models and figures have it. */
export const rulesOf = (connections: readonly ConnectionInfo[]): Record<string, Rule> =>
  Object.fromEntries(connections.map(({ name, rule }) => [name, rule]));

/** Takes the traces of a plastic connection as they stand, and gives those to go on with. */
export type TraceChange = (traces: TraceState, connection: ConnectionInfo) => TraceState;

/** Throws a RangeError unless a step's input is [batch, inputs]. */
export function expectInput(
  where: string,
  tape: Tape,
  { inputs }: { readonly inputs: number },
  input: Tensor,
): void {
  if (input.rows === tape.batch && input.cols === inputs) return;
  throw new RangeError(
    `${where}: input must be [${tape.batch}, ${inputs}], got ${input.shape}; pass batch first`,
  );
}

/** `count` normal numbers with standard deviation `std`. */
export function gaussian(random: Gaussian, count: number, std: number): Float32Array {
  return Float32Array.from({ length: count }, () => std * random.normal());
}
