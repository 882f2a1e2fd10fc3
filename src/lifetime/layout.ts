import { wasmStride } from "../devices/wasm/layout.js";
import type { ModelFile, ModelTensor } from "../models/index.js";

/** A matrix in memory: rows of `stride` bytes, from `at`: an address, or a distance from the start of a life or of a room. */
export interface Place {
  readonly at: number;
  readonly rows: number;
  readonly cols: number;
  readonly stride: number;
}

/** All that a life takes from one step to the next, side by side: its states, then its traces. */
export interface LifeLayout {
  readonly bytes: number;
  /** Those before the traces. */
  readonly carriedBytes: number;
  /** What each state takes over in the next step. */
  readonly carried: ReadonlyMap<string, Place>;
  /** By connection and trace. */
  readonly traces: ReadonlyMap<string, ReadonlyMap<string, Place>>;
  /** Those of neurons, which lie among the states: by connection and trace. */
  readonly neurons: ReadonlyMap<string, ReadonlyMap<string, Place>>;
}

/** What a step works with, and leaves to be looked at (`rooms.ts`): inputs, states as they were and values by name, each one row. */
export interface RoomLayout {
  readonly bytes: number;
  readonly vectors: ReadonlyMap<string, Place>;
}

export interface Layout {
  /** What all lives share: tensors, and room for one matrix of effective weights. Addresses from `base`. */
  readonly base: number;
  readonly bytes: number;
  readonly tensors: ReadonlyMap<string, Place>;
  readonly weights: number;
  readonly room: RoomLayout;
  readonly life: LifeLayout;
}

const LINE = 64;
/** Convolutions write whole vectors of filters: up to three numbers past the last one. */
const SPARE = 16;
const round = (bytes: number): number => Math.ceil(bytes / LINE) * LINE;

/** Where everything of a model lies; `base` is where the shared part begins. */
export function layoutOf({ architecture, parameters }: ModelFile, base: number): Layout {
  const shared = new Placer(base);
  const tensors = new Map([...parameters].map(([name, tensor]) => [name, shared.place(tensor)]));
  const largest = Math.max(0, ...architecture.connections.map(({ pre, post }) => pre * wasmStride(post) * 4));
  const weights = shared.end;
  const room = new Placer(0);
  const vectors = new Map(
    [...architecture.sizes].map(([name, cols]) => [name, room.place({ rows: 1, cols })]),
  );
  const own = new Placer(0);
  const carried = new Map(
    architecture.states.map(({ name, size }) => [name, own.place({ rows: 1, cols: size })]),
  );
  const carriedBytes = own.end;
  const traces = new Map(
    architecture.connections.map(({ name, rule, pre, post }) => [
      name,
      new Map(rule.traces.map((trace) => [trace, own.place({ rows: pre, cols: post })])),
    ]),
  );
  const neurons = new Map(
    architecture.connections.map(({ name }) => [
      name,
      new Map(
        architecture.states.flatMap(({ name: state, trace }) =>
          trace?.connection === name ? [[trace.name, carried.get(state)!] as const] : [],
        ),
      ),
    ]),
  );
  return {
    base,
    bytes: round(weights + largest - base),
    tensors,
    weights,
    room: { bytes: room.end, vectors },
    life: { bytes: own.end, carriedBytes, carried, traces, neurons },
  };
}

/** Hands out places one after another. */
class Placer {
  constructor(public end: number) {}

  place({ rows, cols }: Pick<ModelTensor, "rows" | "cols">): Place {
    const stride = wasmStride(cols) * 4;
    const place = { at: this.end, rows, cols, stride };
    this.end += round(rows * stride + SPARE);
    return place;
  }
}

/** Copies numbers to a place; `from` is the start of the life, or 0 for an address. */
export function write(memory: Float32Array, from: number, place: Place, values: Float32Array): void {
  const { at, rows, cols, stride } = place;
  for (let r = 0; r < rows; r++)
    memory.set(values.subarray(r * cols, (r + 1) * cols), (from + at + r * stride) / 4);
}

/** Sets every number of a place; `from` as in `write`. */
export function fill(memory: Float32Array, from: number, place: Place, value: number): void {
  const { at, rows, cols, stride } = place;
  for (let r = 0; r < rows; r++) {
    const start = (from + at + r * stride) / 4;
    memory.fill(value, start, start + cols);
  }
}

/** A copy of the numbers at a place: a new one, or in `values` from `to` on. */
export function read(
  memory: Float32Array,
  from: number,
  { at, rows, cols, stride }: Place,
  values: Float32Array = new Float32Array(rows * cols),
  to = 0,
): Float32Array {
  for (let r = 0; r < rows; r++) {
    const start = (from + at + r * stride) / 4;
    values.set(memory.subarray(start, start + cols), to + r * cols);
  }
  return values;
}
