import type { Sweep, SweepAdjoint } from "../../devices/device.js";
import { nextOf } from "../../formulas/index.js";
import type { Rule } from "../../rules/rule.js";
import type { Tape } from "../tape.js";
import type { Tensor } from "../tensor.js";
import { nextNeuronTraces } from "./neuronTraces.js";
import { colsOf, expectNewest, expectShape, expectVectors } from "./traceChecks.js";
import type { Tensors, TraceState } from "./traceState.js";

export type { TraceState };

/**
 * Opens the traces of a connection from `pre` to `post` neurons at the start of an episode, at the rule's initial values.
 * `params` by the rule's names: per "layer" [1, 1], "pre" [1, pre], "post" [1, post], "connection" [pre, post]. `steps` (reads
 * to come), if known, saves memory. `name`: what descriptions call the connection.
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
  name?: string,
): TraceState {
  const traces = tape.device.traces({
    rule,
    batch: tape.batch,
    pre,
    post,
    steps,
    differentiable: tape.recording,
    name,
    params: Object.fromEntries(Object.entries(params).map(([key, tensor]) => [key, tensor.value])),
  });
  tape.onFinish(() => traces.finish());
  const leads = Object.values(params).some((tensor) => tensor.differentiable);
  const size = { pre, post };
  const neurons = Object.entries(rule.neuronTraces).map(
    ([trace, { per, init }]) => [trace, tape.filled(tape.batch, size[per], init)] as const,
  );
  return {
    history: { tape, rule, traces, params, pre, post, newest: 0, sweeps: 0, differentiable: leads },
    ...{ pending: null, ahead: null, version: 0, neurons: Object.fromEntries(neurons) },
  };
}

/**
 * z = x @ W(traces): x [batch, N] -> z [batch, M]. Carries out the pending update on the way. `next`: the vectors of the update
 * that will follow, where they are known already; what that update must read of the traces is then read in the same pass.
 *
 * @throws RangeError for another shape of x; Error for a state that was updated since
 */
export function readTraces(state: TraceState, x: Tensor, next?: Tensors): { z: Tensor; traces: TraceState } {
  const { history } = state;
  expectNewest("read", state);
  expectShape("read: x", x, history.tape.batch, history.pre);
  if (next) expectVectors("read: next", state, next);
  const { z, reads } = sweep(state, {
    x,
    reads: next ? readsFor(state, history.rule.updateReads, next) : {},
  });
  return { z: z!, traces: { ...state, pending: null, ahead: next ? { vectors: next, reads } : null } };
}

/**
 * A read by its name in the rule, of what `vectors` are: pre, post and signals, as far as the read names them. Per "pre" [batch,
 * N], per "post" [batch, M]. Carries out the pending update on the way.
 *
 * @throws Error for a read that the rule lacks, or a state that was updated since; TypeError for a missing vector, RangeError
 * for another shape
 */
export function readNamed(
  state: TraceState,
  read: string,
  vectors: Tensors,
): { value: Tensor; traces: TraceState } {
  const { rule } = state.history;
  expectNewest(`read ${read}`, state);
  if (!Object.hasOwn(rule.reads, read)) {
    const known = Object.keys(rule.reads).join(", ") || "none";
    throw new Error(`read: the rule ${rule.name} has no read ${read}; it has ${known}`);
  }
  const { reads } = sweep(state, { reads: readsFor(state, [read], vectors) });
  return { value: reads[read]!, traces: { ...state, pending: null, ahead: null } };
}

/**
 * The traces after one update by `vectors`: pre [batch, N], post [batch, M] and every signal of the rule, per "episode"
 * [batch, 1], per "pre" [batch, N] or per "post" [batch, M]. What the rule reads of the old traces is read now, unless the last
 * read has done so; the update itself waits for the next read.
 *
 * @throws TypeError for a missing vector, RangeError for another shape, Error for a state that was updated since
 */
export function updateTraces(state: TraceState, vectors: Tensors): TraceState {
  const { history, ahead } = state;
  const { rule } = history;
  expectNewest("update", state);
  expectVectors("update", state, vectors);
  if (rule.traces.length === 0 && Object.keys(rule.neuronTraces).length === 0) return state;
  const wasRead = ahead !== null && sameVectors(ahead.vectors, vectors);
  let { pending } = state;
  let reads = wasRead ? ahead.reads : {};
  if (!wasRead && rule.updateReads.length > 0) {
    ({ reads } = sweep(state, { reads: readsFor(state, rule.updateReads, vectors) }));
    pending = null;
  }
  if (pending) sweep({ ...state, pending }, {});
  const told = { ...vectors, ...reads };
  const neurons = nextNeuronTraces(history.tape, rule, state.neurons, { ...history.params, ...told });
  history.newest++;
  return {
    ...{ history, version: history.newest, ahead: null, neurons },
    pending: rule.traces.length > 0 ? vectorsOfUpdate(rule, told, state.neurons, neurons) : null,
  };
}

/** All that an update of connections takes: what it is told, and traces of neurons, old and new. */
function vectorsOfUpdate(rule: Rule, told: Tensors, old: Tensors, next: Tensors): Tensors {
  return Object.fromEntries(
    Object.keys(rule.vectors).map((key) => {
      const trace = nextOf(key);
      return [key, trace === null ? (told[key] ?? old[key]!) : next[trace]!];
    }),
  );
}

/** Reads by name, with the vectors that each takes. */
function readsFor({ history, neurons }: TraceState, reads: readonly string[], told: Tensors) {
  const { tape, rule, pre, post } = history;
  return Object.fromEntries(
    reads.map((read) => {
      const taken = Object.entries(rule.reads[read]!.vectors).map(([key, rate]) => {
        const tensor = told[key] ?? neurons[key];
        expectShape(`read ${read}: ${key}`, tensor, tape.batch, colsOf(rate, pre, post));
        return [key, tensor] as const;
      });
      return [read, Object.fromEntries(taken) as Tensors];
    }),
  );
}

const sameVectors = (a: Tensors, b: Tensors): boolean => {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
};

/**
 * A trace's value as a tensor [batch * N, M], row b * N + i; of neurons, [batch, N] or [batch, M]: for losses on traces, and for
 * looking.
 *
 * @throws Error for a trace that the rule lacks, or a state that was updated since
 */
export function traceValue(state: TraceState, trace: string): { value: Tensor; traces: TraceState } {
  const { history } = state;
  const { tape, traces } = history;
  expectNewest("traceValue", state);
  if (Object.hasOwn(state.neurons, trace)) return { value: state.neurons[trace]!, traces: state };
  if (state.pending) sweep(state, {});
  const value = tape.result(tape.device.scratch(tape.batch * history.pre, history.post), [history]);
  traces.read(trace, value.value);
  if (value.differentiable) tape.onBackward({}, () => traces.addAdjoint(trace, value.grad!));
  return { value, traces: { ...state, pending: null } };
}

/**
 * The traces after something from outside has changed them: what `change` makes of each trace's values [batch * N, M]
 * (row b * N + i; of neurons [batch, N] or [batch, M]), learning on by `rule`, which has the same traces and parameters. Only on tapes that do not record.
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
  const neurons = Object.entries(now.neurons).map(([trace, { value }]) => {
    const changed = Array.from(change(device.read(value), trace));
    return [trace, tape.constant(value.rows, value.cols, changed)] as const;
  });
  const changed = { ...openTraces(tape, rule, params, pre, post), neurons: Object.fromEntries(neurons) };
  rule.traces.forEach((trace, k) => {
    const buffer = device.scratch(tape.batch * pre, post);
    device.write(buffer, change(values[k]!, trace));
    changed.history.traces.load(trace, buffer);
  });
  return changed;
}

/** What one pass over the connection is to read. */
interface Wanted {
  readonly x?: Tensor;
  /** By name, the vectors of each. */
  readonly reads?: Readonly<Record<string, Tensors>>;
}

/** One fused pass: the pending update, then the reads; and its adjoint, one pass too. */
function sweep(state: TraceState, { x, reads = {} }: Wanted): { z: Tensor | null; reads: Tensors } {
  const { history, pending, neurons } = state;
  const { tape, traces, params, rule } = history;
  const { device } = tape;
  if (pending) history.differentiable ||= Object.values(pending).some((tensor) => tensor.differentiable);
  const weightVectors = Object.fromEntries(
    Object.keys(rule.weightVectors).map((key) => [key, neurons[key]!]),
  );
  const ofWeight = Object.values(weightVectors);
  const z = x ? tape.result(device.scratch(tape.batch, history.post), [history, x, ...ofWeight]) : null;
  const named = Object.entries(reads).map(([read, vectors]) => {
    const value = device.scratch(tape.batch, history[rule.reads[read]!.per]);
    return { read, vectors, value: tape.result(value, [history, ...Object.values(vectors)]) };
  });
  const forward: Sweep = {
    ...(pending && { update: values(pending) }),
    ...(x && {
      read: { x: x.value, out: z!.value, ...(ofWeight.length > 0 && { vectors: values(weightVectors) }) },
    }),
    ...(named.length > 0 && {
      reads: Object.fromEntries(
        named.map(({ read, vectors, value }) => [read, { vectors: values(vectors), out: value.value }]),
      ),
    }),
  };
  const found = { z, reads: Object.fromEntries(named.map(({ read, value }) => [read, value])) };
  if (!forward.update && !forward.read && !forward.reads) return found;
  traces.forward(forward);
  const index = history.sweeps++;
  const all = [
    ...(x ? [x, ...ofWeight] : []),
    ...Object.values(pending ?? {}),
    ...named.flatMap(({ vectors }) => Object.values(vectors)),
  ];
  tape.onBackward({ adds: all.filter((tensor) => tensor.differentiable) }, () => {
    const adjoint: SweepAdjoint = {
      ...(z?.grad && { out: z.grad }),
      ...(x?.grad && { x: x.grad }),
      ...(x && ofWeight.length > 0 && { vectors: grads(weightVectors) }),
      ...(pending && { update: grads(pending) }),
      ...(named.length > 0 && {
        reads: Object.fromEntries(
          named.flatMap(({ read, vectors, value }) =>
            value.grad ? [[read, { out: value.grad, vectors: grads(vectors) }]] : [],
          ),
        ),
      }),
    };
    traces.backward(index, adjoint, grads(params));
  });
  return found;
}

const values = (tensors: Tensors) =>
  Object.fromEntries(Object.entries(tensors).map(([key, t]) => [key, t.value]));
const grads = (tensors: Tensors) =>
  Object.fromEntries(Object.entries(tensors).flatMap(([key, t]) => (t.grad ? [[key, t.grad]] : [])));
