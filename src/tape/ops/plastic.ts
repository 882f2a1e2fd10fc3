import type { Sweep, SweepAdjoint, Traces } from "../../devices/device.js";
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
  readonly pending: Readonly<Record<string, Tensor>> | null;
  readonly version: number;
}

/** What all trace states of one connection and episode share. */
interface History {
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

/**
 * Opens the traces of a connection from `pre` to `post` neurons at the start of an episode, at the rule's initial values.
 * `params` by the rule's names: per "layer" [1, 1], "post" [1, post], "connection" [pre, post]. `steps` (reads to come),
 * if known, saves memory.
 *
 * @throws DeviceMemoryError, with an estimate, where the device cannot hold the episode
 */
export function openTraces(
  tape: Tape,
  rule: Rule,
  params: Readonly<Record<string, Tensor>>,
  pre: number,
  post: number,
  steps?: number,
): TraceState {
  const traces = tape.device.traces({
    rule,
    batch: tape.batch,
    pre,
    post,
    steps,
    differentiable: tape.recording,
    params: Object.fromEntries(Object.entries(params).map(([key, tensor]) => [key, tensor.value])),
  });
  tape.onFinish(() => traces.finish());
  const leads = Object.values(params).some((tensor) => tensor.differentiable);
  return {
    history: { tape, rule, traces, params, pre, post, newest: 0, sweeps: 0, differentiable: leads },
    pending: null,
    version: 0,
  };
}

/**
 * z = x @ W(traces): x [batch, N] -> z [batch, M]. Carries out the pending update on the way.
 *
 * @throws RangeError for another shape of x; Error for a state that was updated since
 */
export function readTraces(state: TraceState, x: Tensor): { z: Tensor; traces: TraceState } {
  const { history } = state;
  expectNewest("read", state);
  expectShape("read: x", x, history.tape.batch, history.pre);
  const z = sweep(state, x)!;
  return { z, traces: { ...state, pending: null } };
}

/**
 * The traces after one update by `vectors`: pre [batch, N], post [batch, M] and every signal of the rule, per "episode"
 * [batch, 1] or per "post" [batch, M]. Nothing is computed yet.
 *
 * @throws TypeError for a missing vector, RangeError for another shape, Error for a state that was updated since
 */
export function updateTraces(state: TraceState, vectors: Readonly<Record<string, Tensor>>): TraceState {
  const { history } = state;
  expectNewest("update", state);
  const { batch } = history.tape;
  for (const [signal, rate] of Object.entries(history.rule.signals)) {
    if (!vectors[signal])
      throw new TypeError(`update: the rule ${history.rule.name} needs the signal ${signal}`);
    expectShape(`update: ${signal}`, vectors[signal], batch, rate === "episode" ? 1 : history.post);
  }
  expectShape("update: pre", vectors.pre, batch, history.pre);
  expectShape("update: post", vectors.post, batch, history.post);
  if (history.rule.traces.length === 0) return state;
  if (state.pending) sweep(state, null);
  history.newest++;
  return { history, pending: vectors, version: history.newest };
}

/**
 * A trace's value as a tensor [batch * N, M], row b * N + i: for losses on traces, and for looking.
 *
 * @throws Error for a trace that the rule lacks, or a state that was updated since
 */
export function traceValue(state: TraceState, trace: string): { value: Tensor; traces: TraceState } {
  const { history } = state;
  const { tape, traces } = history;
  expectNewest("traceValue", state);
  if (state.pending) sweep(state, null);
  const value = tape.result(tape.device.scratch(tape.batch * history.pre, history.post), [history]);
  traces.read(trace, value.value);
  if (value.differentiable) tape.onBackward({}, () => traces.addAdjoint(trace, value.grad!));
  return { value, traces: { ...state, pending: null } };
}

/**
 * The traces after something from outside has changed them: what `change` makes of each trace's values [batch * N, M]
 * (row b * N + i), learning on by `rule`, which has the same traces and parameters. Only on tapes that do not record.
 *
 * @throws Error on a recording tape (no gradient leads through a change), or for a state that was updated since
 */
export function changeTraces(
  state: TraceState,
  rule: Rule,
  change: (values: Float32Array | Float64Array, trace: string) => ArrayLike<number>,
): TraceState {
  const { tape, params, pre, post } = state.history;
  if (tape.recording)
    throw new Error("changeTraces: no gradient leads through it; use a tape that does not record");
  const { device } = tape;
  let now = state;
  const values = rule.traces.map((trace) => {
    const { value, traces } = traceValue(now, trace);
    now = traces;
    return device.read(value.value);
  });
  const changed = openTraces(tape, rule, params, pre, post);
  rule.traces.forEach((trace, k) => {
    const buffer = device.scratch(tape.batch * pre, post);
    device.write(buffer, change(values[k]!, trace));
    changed.history.traces.load(trace, buffer);
  });
  return changed;
}

/** One fused pass: the pending update, then the read of x; and its adjoint, one pass too. */
function sweep(state: TraceState, x: Tensor | null): Tensor | null {
  const { history, pending } = state;
  const { tape, traces, params } = history;
  const { device } = tape;
  if (pending) history.differentiable ||= Object.values(pending).some((tensor) => tensor.differentiable);
  const z = x && tape.result(device.scratch(tape.batch, history.post), [history, x]);
  const forward: Sweep = {
    ...(pending && { update: values(pending) }),
    ...(x && { read: { x: x.value, out: z!.value } }),
  };
  traces.forward(forward);
  const index = history.sweeps++;
  const touched = [x, ...Object.values(pending ?? {})].filter((tensor) => tensor?.differentiable) as Tensor[];
  tape.onBackward({ adds: touched }, () => {
    const adjoint: SweepAdjoint = {
      ...(z?.grad && { out: z.grad }),
      ...(x?.grad && { x: x.grad }),
      ...(pending && { update: grads(pending) }),
    };
    traces.backward(index, adjoint, grads(params));
  });
  return z;
}

type Tensors = Readonly<Record<string, Tensor>>;
const values = (tensors: Tensors) =>
  Object.fromEntries(Object.entries(tensors).map(([key, t]) => [key, t.value]));
const grads = (tensors: Tensors) =>
  Object.fromEntries(Object.entries(tensors).flatMap(([key, t]) => (t.grad ? [[key, t.grad]] : [])));

function expectNewest(what: string, state: TraceState): void {
  if (state.version !== state.history.newest) {
    throw new Error(
      `${what}: this trace (version ${state.version}) was already updated to version ${state.history.newest}; ` +
        "a trace is updated in place: keep only the state that the last update returned",
    );
  }
}

function expectShape(what: string, tensor: Tensor | undefined, rows: number, cols: number): void {
  if (!tensor) throw new TypeError(`${what} is missing`);
  if (tensor.rows !== rows || tensor.cols !== cols) {
    throw new RangeError(`${what} must be [${rows}, ${cols}], got ${tensor.shape}; pass batch first`);
  }
}
