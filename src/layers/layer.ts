import type { Parameter, Tape, Tensor } from "../tape/index.js";

/** Where initial weights come from: an explicit generator of standard normal numbers. */
export interface Gaussian {
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
  /** The state at the start of an episode; `steps`, if known, lets the device plan its memory. */
  begin(tape: Tape, steps?: number): State;
  /** `input` is [batch, inputs]; the output is [batch, neurons]. Throws a RangeError for another shape. */
  step(tape: Tape, state: State, input: Tensor): { output: Tensor; state: State };
}

/** `count` normal numbers with standard deviation `std`. */
export function gaussian(random: Gaussian, count: number, std: number): Float32Array {
  return Float32Array.from({ length: count }, () => std * random.normal());
}
