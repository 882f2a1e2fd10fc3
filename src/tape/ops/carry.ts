import type { Buffer, Device } from "../../devices/device.js";
import type { Tape } from "../tape.js";
import { Tensor } from "../tensor.js";
import { type TraceState, traceValue } from "./plastic.js";

/** A number matrix as checkpoints have it. */
interface Matrix {
  readonly shape: readonly [number, number];
  readonly data: Float32Array | Float64Array;
}

interface Kept {
  readonly buffer: Buffer;
  /** What every number of it is at the start of an episode. */
  readonly start: number;
}

/**
 * What one segment of a long episode leaves for the next, for backpropagation through time that ends at segments: the state of
 * a cell, its traces included, kept on the device and without adjoints (Williams & Peng 1990). A state is whatever a cell's
 * `begin` gives: objects and arrays of tensors and traces.
 *
 * ```ts
 * const tape = new Tape(device, batch);
 * let state = carry.resume(tape, cell.begin(tape, steps));
 * ... // steps, and the loss
 * carry.keep(state);
 * tape.backward(loss);
 * ```
 *
 * Both may be captured: what is kept is content of kept buffers. (The first capture is recorded twice where a trace begins at
 * another number than 0.) Tensors of a state begin at 0.
 */
export class Carry {
  private readonly kept = new Map<string, Kept>();

  constructor(private readonly device: Device) {}

  /** The state to begin a segment with, in place of a fresh one of the same shapes; at first, a fresh one. */
  resume<State>(tape: Tape, fresh: State): State {
    return mapped(fresh, "", {
      tensor: (tensor, path) => {
        return this.copied(this.find(path, tensor.rows, tensor.cols, 0));
      },
      traces: (state, path) => {
        const { rule, traces, pre, post } = state.history;
        for (const trace of rule.traces) {
          const { buffer } = this.find(`${path}.${trace}`, tape.batch * pre, post, rule.initial[trace]!);
          traces.load(trace, buffer);
        }
        const neurons = Object.entries(state.neurons).map(([trace, { value }]) => {
          const { init } = rule.neuronTraces[trace]!;
          return [trace, this.copied(this.find(`${path}.${trace}`, value.rows, value.cols, init))] as const;
        });
        return { ...state, neurons: Object.fromEntries(neurons) };
      },
    });
  }

  /** Keeps the state that a segment ends with, before the way back; updates that its traces still owe are carried out. */
  keep<State>(state: State): void {
    mapped(state, "", {
      tensor: (tensor, path) => {
        this.device.copy(tensor.value, this.find(path, tensor.rows, tensor.cols, 0).buffer);
        return tensor;
      },
      traces: (given, path) => {
        let now = given;
        for (const trace of given.history.rule.traces) {
          const { value, traces } = traceValue(now, trace);
          const start = given.history.rule.initial[trace]!;
          this.device.copy(value.value, this.find(`${path}.${trace}`, value.rows, value.cols, start).buffer);
          now = traces;
        }
        for (const [trace, { value }] of Object.entries(given.neurons)) {
          const { init } = given.history.rule.neuronTraces[trace]!;
          this.device.copy(value, this.find(`${path}.${trace}`, value.rows, value.cols, init).buffer);
        }
        return now;
      },
    });
  }

  /** Lets the next segment begin as an episode does. Not to be captured. */
  reset(): void {
    for (const { buffer, start } of this.kept.values()) fillWith(this.device, buffer, start);
  }

  /** What is kept, by its place in the state ("y", "0.traces.H"), for a checkpoint. */
  read(): Record<string, Matrix> {
    return Object.fromEntries(
      [...this.kept].map(([path, { buffer }]) => [
        path,
        { shape: [buffer.rows, buffer.cols] as const, data: this.device.read(buffer) },
      ]),
    );
  }

  /**
   * Goes on from what `read` gave, after `resume` has been called once.
   *
   * @throws RangeError, before any change, for another state's matrices
   */
  write(matrices: Readonly<Record<string, Matrix>>): void {
    const words = (all: readonly (readonly [string, readonly number[]])[]) =>
      all
        .map(([path, shape]) => `${path} [${shape.join(", ")}]`)
        .sort()
        .join(", ");
    const expected = words([...this.kept].map(([path, { buffer }]) => [path, [buffer.rows, buffer.cols]]));
    const got = words(Object.entries(matrices).map(([path, { shape }]) => [path, shape]));
    if (got !== expected) throw new RangeError(`carry.write: expected ${expected}, got ${got}`);
    for (const [path, { buffer }] of this.kept) this.device.write(buffer, matrices[path]!.data);
  }

  /** Gives the memory of what it carries back to the device. */
  release(): void {
    for (const { buffer } of this.kept.values()) this.device.release(buffer);
    this.kept.clear();
  }

  /** A copy: the way back needs what `keep` is going to write over. */
  private copied({ buffer }: Kept): Tensor {
    const value = this.device.scratch(buffer.rows, buffer.cols);
    this.device.copy(buffer, value);
    return new Tensor(value, false);
  }

  private find(path: string, rows: number, cols: number, start: number): Kept {
    let found = this.kept.get(path);
    if (!found) {
      found = { buffer: this.device.allocate(rows, cols), start };
      if (start !== 0) fillWith(this.device, found.buffer, start);
      this.kept.set(path, found);
    }
    const { buffer } = found;
    if (buffer.rows === rows && buffer.cols === cols) return found;
    throw new RangeError(
      `carry: ${path || "the state"} was [${buffer.rows}, ${buffer.cols}] in the segment before, got [${rows}, ${cols}]; ` +
        "use another Carry for another batch or cell",
    );
  }
}

const fillWith = (device: Device, buffer: Buffer, value: number) =>
  device.write(buffer, new Float64Array(buffer.rows * buffer.cols).fill(value));

interface Visitor {
  tensor(tensor: Tensor, path: string): Tensor;
  traces(state: TraceState, path: string): TraceState;
}

const isTraces = (value: object): value is TraceState => "history" in value && "version" in value;

/** The same structure with other tensors and traces; what is neither, and no object, stays. */
function mapped<State>(state: State, path: string, visitor: Visitor): State {
  const visit = (value: unknown, at: string): unknown => {
    if (value instanceof Tensor) return visitor.tensor(value, at);
    if (value === null || typeof value !== "object") return value;
    if (isTraces(value)) return visitor.traces(value, at);
    const below = (key: string) => (at === "" ? key : `${at}.${key}`);
    if (Array.isArray(value)) return value.map((each, k) => visit(each, below(`${k}`)));
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, visit(each, below(key))]));
  };
  return visit(state, path) as State;
}
