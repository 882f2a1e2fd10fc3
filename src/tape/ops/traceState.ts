import type { Traces } from "../../devices/device.js";
import type { Rule } from "../../rules/rule.js";
import type { Tape } from "../tape.js";
import type { Tensor } from "../tensor.js";

/**
 * A plastic connection's traces at one moment of an episode. Immutable: `read` and `update` hand out the next one.
 * An update waits here until the next read, and goes to the device together with it: one pass over the matrices.
 */
export interface TraceState {
  readonly history: History;
  /** The vectors of an update that the device has not seen yet. */
  readonly pending: Tensors | null;
  readonly version: number;
  /** The traces of neurons by name: per "pre" [batch, N], per "post" [batch, M]. */
  readonly neurons: Tensors;
  /** What the next update must know of the traces, where it was read already, and for which vectors. */
  readonly ahead: { readonly vectors: Tensors; readonly reads: Tensors } | null;
}

export type Tensors = Readonly<Record<string, Tensor>>;

/** What all trace states of one connection and episode share. */
export interface History {
  readonly tape: Tape;
  readonly rule: Rule;
  readonly traces: Traces;
  readonly params: Readonly<Record<string, Tensor>>;
  readonly pre: number;
  readonly post: number;
  /** The version that the device or a pending update has reached; an older state can no longer be used. */
  newest: number;
  sweeps: number;
  /** True once anything that leads to a parameter has entered the traces: then all later reads do too. */
  differentiable: boolean;
}
