import { fastMemory } from "../../bench/oursFast.js";
import type { Problem } from "../../bench/problem.js";
import type { Device, Traces } from "../../src/devices/device.js";
import { Tape } from "../../src/tape/index.js";

type Gradients = Readonly<Record<string, ArrayLike<number>>>;

/** Steps between versions of the memory that are kept: the others are computed again, in the same float64. */
const SEGMENT = 64;

/**
 * The gradients of a gated delta or Kimi delta memory of one head (bench/fastProblem.ts), in float64 and by hand: the adjoint of
 * H' = a H + beta outer(k, v - r), r = k @ (a H), o = q @ H' where rows of H are scaled by a, as it is differentiated on paper.
 */
export function exactGradients({ kind, sizes, params, inputs }: Problem): Gradients {
  const { neurons: n, steps } = sizes as Record<"neurons" | "steps", number>;
  const { k, v, q, beta } = params as Record<string, Float32Array>;
  const gate = (t: number, i: number) => (kind === "fast-kda" ? params.a![t * n + i]! : params.g![t]!);
  const recalled = (before: Float64Array, t: number): Float64Array => {
    const r = new Float64Array(n);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) r[j]! += k![t * n + i]! * gate(t, i) * before[i * n + j]!;
    return r;
  };
  const after = (before: Float64Array, t: number): Float64Array => {
    const r = recalled(before, t);
    return before.map((H, at) => {
      const [i, j] = [Math.floor(at / n), at % n];
      return gate(t, i) * H + beta![t]! * k![t * n + i]! * (v![t * n + j]! - r[j]!);
    });
  };
  const kept: Float64Array[] = [new Float64Array(n * n)];
  let memory: Float64Array = kept[0]!;
  for (let t = 0; t < steps; t++) {
    memory = after(memory, t);
    if ((t + 1) % SEGMENT === 0) kept.push(memory);
  }
  const grads: Record<string, Float64Array> = Object.fromEntries(
    Object.entries(params).map(([name, { length }]) => [name, new Float64Array(length)]),
  );
  const ofGate = kind === "fast-kda" ? grads.a! : grads.g!;
  let G: Float64Array = new Float64Array(n * n);
  let versions: Float64Array[] = [];
  for (let t = steps - 1; t >= 0; t--) {
    if (versions.length < 2) {
      const start = Math.floor(t / SEGMENT) * SEGMENT;
      versions = [kept[start / SEGMENT]!];
      for (let s = start; s <= t; s++) versions.push(after(versions.at(-1)!, s));
    }
    const [now, before] = [versions.pop()!, versions.at(-1)!];
    const r = recalled(before, t);
    const written = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        const d = inputs.co![t * n + j]!;
        grads.q![t * n + i]! += now[i * n + j]! * d;
        G[i * n + j]! += q![t * n + i]! * d;
        written[j]! += k![t * n + i]! * G[i * n + j]!;
      }
    }
    const old = new Float64Array(n * n);
    for (let j = 0; j < n; j++) {
      grads.v![t * n + j]! += beta![t]! * written[j]!;
      grads.beta![t]! += written[j]! * (v![t * n + j]! - r[j]!);
      const dr = -beta![t]! * written[j]!;
      for (let i = 0; i < n; i++) {
        const at = i * n + j;
        const a = gate(t, i);
        const faded = G[at]! + dr * k![t * n + i]!;
        grads.k![t * n + i]! += beta![t]! * G[at]! * (v![t * n + j]! - r[j]!) + dr * a * before[at]!;
        ofGate[kind === "fast-kda" ? t * n + i : t]! += faded * before[at]!;
        old[at] = a * faded;
      }
    }
    G = old;
  }
  return grads;
}

export interface DeviceGradients {
  readonly gradients: Gradients;
  /** Copies of the memory that the device held. */
  readonly copies: number;
}

/** The same on a device. `announced`: whether it is told how many steps will come, hence how long its segments are. */
export function gradientsOn(device: Device, problem: Problem, announced: boolean): DeviceGradients {
  let held: Traces | null = null;
  const watched = new Proxy(device, {
    get(_, key) {
      const value = Reflect.get(device, key, device);
      if (key === "traces") {
        return (options: Parameters<Device["traces"]>[0]) => {
          held = device.traces(announced ? options : { ...options, steps: undefined });
          return held;
        };
      }
      return typeof value === "function" ? value.bind(device) : value;
    },
  });
  const network = fastMemory(device, problem, problem.kind as Parameters<typeof fastMemory>[2]);
  const tape = new Tape(watched, problem.sizes.batch!);
  tape.backward(network.loss(tape));
  const gradients = Object.fromEntries(
    network.parameters.map((parameter) => [network.nameOf(parameter), device.read(parameter.grad)]),
  );
  return { gradients, copies: (held as Traces | null)!.copies };
}

/** The largest difference of any gradient from another, relative to the largest element of that one. */
export function furthest(actual: Gradients, expected: Gradients): number {
  return Math.max(
    ...Object.entries(expected).map(([name, values]) => {
      let [worst, largest] = [0, 0];
      for (let at = 0; at < values.length; at++) {
        worst = Math.max(worst, Math.abs(actual[name]![at]! - values[at]!));
        largest = Math.max(largest, Math.abs(values[at]!));
      }
      return worst / largest;
    }),
  );
}
