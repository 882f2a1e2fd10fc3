import { heapStart } from "../devices/wasm/layout.js";
import { BUDGETS, ModelError, type ModelFile, overBudget } from "../models/index.js";
import { type Bytes, bytesIn, described, expectOptions } from "./bytes.js";
import { type CompiledCode, signed, startModel } from "./code.js";
import { emitModel } from "./emit.js";
import type { Engine } from "./engine.js";
import { fingerprint } from "./fingerprint.js";
import { type Layout, layoutOf, read, write } from "./layout.js";
import { Life } from "./life.js";
import type { Matrix } from "./look.js";
import { LifeMemory } from "./memory.js";
import type { BeginOptions } from "./moment.js";
import { rangeOf } from "./range.js";
import { Rooms } from "./rooms.js";
import { decodeSnapshot, type ResumeOptions } from "./snapshot.js";

/** An input of a model: its name, and how many numbers it takes. */
export interface ModelInput {
  readonly name: string;
  /** Numbers a step and life. */
  readonly size: number;
}

/** A plastic connection of a model. */
export interface ModelConnection {
  readonly name: string;
  /** Presynaptic and postsynaptic neurons. */
  readonly pre: number;
  readonly post: number;
  /** Names of its traces; none where it does not learn. */
  readonly traces: readonly string[];
  /** Names of its rule's parameters: "w", "alpha", "eta". */
  readonly parameters: readonly string[];
  readonly rule: {
    readonly name: string;
    readonly source: string;
    /** The effective weight, and the next value of each trace, as formulas. */
    readonly weight: string;
    readonly update: Readonly<Record<string, string>>;
    /** What the rule is told from outside the connection, per "episode", "pre" or "post" neuron. */
    readonly signals: Readonly<Record<string, string>>;
  };
}

/** Where a model lies, and its code, from what its file says of it. Throws a ModelError if either is too large. */
function planned(file: ModelFile): { layout: Layout; code: Uint8Array<ArrayBuffer> } {
  const layout = layoutOf(file, heapStart);
  const { life, room } = layout;
  if (life.bytes + room.bytes > BUDGETS.life) throw overBudget("a life", BUDGETS.life, "bytes");
  const code = emitModel(file.architecture, layout);
  if (code.length > BUDGETS.code) throw overBudget("its code", BUDGETS.code, "bytes");
  return { layout, code };
}

/**
 * The WebAssembly module of a model, for `loadModel(file, { code })`. It depends on what the network computes, not on its
 * weights: models of the same architecture share one. Throws a ModelError as `loadModel`.
 * @internal
 */
export const compiled = (file: ModelFile): Uint8Array<ArrayBuffer> => signed(planned(file).code);

/** The memory of a model and its lives, with room for the first. */
function memoryFor({ bytes, life, room }: Layout): LifeMemory {
  try {
    const memory = new LifeMemory();
    memory.expectRoom(bytes + life.bytes + room.bytes, "this model");
    if (memory.keepZeroed(bytes) !== heapStart) throw new Error("the model must lie first in its memory");
    return memory;
  } catch (cause) {
    throw new ModelError((cause as Error).message, { code: "no-memory", cause });
  }
}

/**
 * A trained network. Its weights never change; its lives, each with traces of its own, learn.
 * Make it with `loadModel`.
 */
export class Model {
  /** The experiment that it was trained in: "images". */
  readonly name: string;
  /** What `life.step` takes; the first is the one meant by a bare array. */
  readonly inputs: readonly ModelInput[];
  /** Numbers in a step's answer, for each life. */
  readonly outputs: number;
  readonly connections: readonly ModelConnection[];
  /** Names of the vectors that `life.value` shows. */
  readonly values: readonly string[];
  /** Where it comes from: command, metrics, source, seed, as its file says. */
  readonly provenance: Readonly<Record<string, string>>;
  /** Tells the model from others by what it computes and with which weights, as 16 digits: its snapshots have it too. */
  get fingerprint(): string {
    return this.engine.fingerprint();
  }

  private constructor(
    private readonly engine: Engine,
    provenance: ModelFile["provenance"],
  ) {
    const { architecture } = engine;
    this.name = provenance.experiment ?? "";
    this.inputs = architecture.inputs.map(({ name, size }) => ({ name, size }));
    this.outputs = architecture.answers;
    this.connections = architecture.connections.map(({ name, pre, post, rule }) => {
      const { source, definition, signals, traces } = rule;
      const equations = { weight: definition.weight, update: definition.update };
      const about = { name: rule.name, source, ...equations, signals };
      const every = [...traces, ...Object.keys(rule.neuronTraces)];
      return { name, pre, post, traces: every, parameters: Object.keys(rule.params), rule: about };
    });
    this.values = [...architecture.sizes.keys()];
    this.provenance = provenance;
  }

  /**
   * Compiles a model, or takes its code as it was compiled ahead. Throws a ModelError if this machine cannot run it.
   * @internal
   */
  static async start(file: ModelFile, ahead?: CompiledCode): Promise<Model> {
    const { architecture, parameters, provenance } = file;
    if (typeof WebAssembly === "undefined") {
      throw new ModelError(
        "a life needs WebAssembly, and there is none here: start Node without --jitless, or allow it for this page",
        { code: "no-webassembly" },
      );
    }
    const { layout, code } = planned(file);
    const memory = memoryFor(layout);
    for (const [name, place] of layout.tensors) write(memory.f32, 0, place, parameters.get(name)!.values);
    const functions = await startModel(code, ahead, memory.memory);
    const rooms = new Rooms(memory, layout.room, architecture.inputs);
    const tensors = new Map([...parameters].map(([name, { values }]) => [name, rangeOf(values)]));
    const parts = { architecture, layout, memory, rooms, functions, tensors };
    let print: string | null = null;
    // Made when it is asked for: to read every weight once more would keep a page waiting that only wants to begin.
    const engine = { ...parts, fingerprint: () => (print ??= fingerprint(parts)) };
    return new Model(engine, provenance);
  }

  /**
   * A new life, or several side by side that share nothing but their weights.
   * @throws RangeError for options out of range, TypeError for others than these; DeviceMemoryError if the memory is full
   */
  begin(options: BeginOptions = {}): Life {
    expectOptions("begin", options, ["batch", "halfLife"]);
    return new Life(this.engine, options);
  }

  /**
   * Goes on with a life from its snapshot, bit for bit, in whatever process. `{ adopt: true }` also takes one of another
   * model, if its states and traces have the same names and sizes.
   * @throws ModelError if it is damaged, or one of another model; TypeError for what holds no bytes, or other options;
   *   DeviceMemoryError if the memory is full
   */
  resume(snapshot: Bytes, options: ResumeOptions = {}): Life {
    expectOptions("resume", options, ["adopt"]);
    const bytes = bytesIn(snapshot);
    if (!bytes) {
      throw new TypeError(`resume: expected the bytes of a snapshot, got ${described(snapshot)}`);
    }
    const { options: begun, ...moment } = decodeSnapshot(bytes, this.engine, options);
    const life = new Life(this.engine, begun);
    life.restore(moment);
    return life;
  }

  /** A copy of a parameter of a connection's rule: "w" or "alpha" [pre, post], "eta" [1, 1]. Throws a RangeError for another name. */
  parameter(connection: string, name: string): Matrix {
    const found = this.engine.architecture.connections.find((each) => each.name === connection);
    const tensor = found?.parameters[name];
    const place = tensor === undefined ? undefined : this.engine.layout.tensors.get(tensor);
    if (!place) {
      const known = this.connections.map((each) => `${each.name}: ${each.parameters.join(", ")}`).join("; ");
      throw new RangeError(`parameter: there is no "${name}" in "${connection}"; the model has ${known}`);
    }
    const { rows, cols } = place;
    return { rows, cols, values: read(this.engine.memory.f32, 0, place) };
  }
}
