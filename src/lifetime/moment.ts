import type { Engine } from "./engine.js";
import { type Place, read, write } from "./layout.js";

/** How lives begin: how many, and how their memories fade. */
export interface BeginOptions {
  /** Lives side by side, each with its own inputs, states and traces; 1 unless given. */
  readonly batch?: number;
  /**
   * Steps after which half of what a trace holds is gone, beside whatever the rule itself forgets. Unless given, Infinity:
   * traces last as long as the rule lets them.
   */
  readonly halfLife?: number;
}

/** All that tells one moment of a life from another: its numbers [batch * rows, cols] by the keys of `momentPlaces`. */
export interface Moment {
  readonly steps: number;
  readonly frozen: boolean;
  readonly tensors: ReadonlyMap<string, Float32Array>;
}

export const stateKey = (state: string): string => `state/${state}`;
export const traceKey = (connection: string, trace: string): string => `trace/${connection}/${trace}`;

/** Where a life's numbers lie, by the names that they have in a snapshot: its states, then its traces. */
export function momentPlaces({ layout }: Engine): Map<string, Place> {
  const { carried, traces } = layout.life;
  const places = new Map<string, Place>();
  for (const [name, place] of carried) places.set(stateKey(name), place);
  for (const [connection, each] of traces) {
    for (const [trace, place] of each) places.set(traceKey(connection, trace), place);
  }
  return places;
}

/** A copy of all numbers of lives that begin at `starts`. */
export function takeMoment(
  engine: Engine,
  starts: readonly number[],
  steps: number,
  frozen: boolean,
): Moment {
  const tensors = new Map<string, Float32Array>();
  for (const [key, place] of momentPlaces(engine)) {
    const count = place.rows * place.cols;
    const values = new Float32Array(starts.length * count);
    for (const [b, start] of starts.entries()) read(engine.memory.f32, start, place, values, b * count);
    tensors.set(key, values);
  }
  return { steps, frozen, tensors };
}

/** Copies the numbers of a moment to lives that begin at `starts`. */
export function putMoment(engine: Engine, starts: readonly number[], { tensors }: Moment): void {
  for (const [key, place] of momentPlaces(engine)) {
    const values = tensors.get(key)!;
    const count = place.rows * place.cols;
    for (const [b, start] of starts.entries()) {
      write(engine.memory.f32, start, place, values.subarray(b * count, (b + 1) * count));
    }
  }
}
