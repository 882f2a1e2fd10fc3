import type { Engine } from "./engine.js";
import { type Moment, stateKey, traceKey } from "./moment.js";

/** How one trace differs between two lives. */
export interface TraceDifference {
  readonly connection: string;
  readonly trace: string;
  /** Of `count` numbers, how many have other bits, the largest difference, and the root of the mean square of all. */
  readonly count: number;
  readonly differing: number;
  readonly largest: number;
  readonly rms: number;
}

/** Every trace of one moment against another of the same model and batch. */
export function differences(engine: Engine, ours: Moment, theirs: Moment): TraceDifference[] {
  const { connections, states } = engine.architecture;
  const found = (connection: string, trace: string, key: string) => ({
    ...{ connection, trace },
    ...difference(ours.tensors.get(key)!, theirs.tensors.get(key)!),
  });
  return connections.flatMap(({ name, rule }) => [
    ...rule.traces.map((trace) => found(name, trace, traceKey(name, trace))),
    ...states.flatMap(({ name: state, trace }) =>
      trace?.connection === name ? [found(name, trace.name, stateKey(state))] : [],
    ),
  ]);
}

function difference(a: Float32Array, b: Float32Array): Omit<TraceDifference, "connection" | "trace"> {
  let [differing, largest, squares] = [0, 0, 0];
  for (let k = 0; k < a.length; k++) {
    if (Object.is(a[k], b[k])) continue;
    const distance = Math.abs(a[k]! - b[k]!);
    differing++;
    largest = Math.max(largest, distance);
    squares += distance * distance;
  }
  return { count: a.length, differing, largest, rms: Math.sqrt(squares / Math.max(1, a.length)) };
}
