/**
 * The WebAssembly module of a model. Every place is a constant of the code, counted from where a life or a room begins:
 *   step<k>(life, room, mode, kept)   program k: reads the room's inputs, leaves its values, updates traces and states
 *   weights<c>(life)                  the effective weights of connection c, as they are now
 * No instruction is used whose result the machine may choose: the same steps have the same bits everywhere.
 */
import { type Code, forRange, get, memoryCopy, nothing, seq, set, when } from "../devices/loops/code.js";
import { Expressions, Scope, type Source } from "../devices/loops/expression.js";
import * as f32 from "../devices/loops/f32.js";
import * as i32 from "../devices/loops/i32.js";
import { exact, splat, VectorMath } from "../devices/loops/math.js";
import { type FunctionBuilder, KernelModule, type Local } from "../devices/loops/module.js";
import * as vector from "../devices/loops/vector.js";
import { memoryImport, moduleBytes } from "../devices/wasm/binary.js";
import { exactWasm } from "../devices/wasm/features.js";
import { InstructionWriter } from "../devices/wasm/instructions.js";
import type { Architecture, Connection, MapOperation, Operation, StepProgram } from "../models/index.js";
import { convolve } from "./convolve.js";
import type { Layout, Place } from "./layout.js";
import { Sweeps } from "./sweeps.js";

/** What a step does with the traces: leave them; let them learn; let them learn, and keep only the share `kept`. */
export const modes = { frozen: 0, learning: 1, fading: 2 } as const;

/** The functions of a module. */
export interface ModelFunctions {
  step(program: number, life: number, room: number, mode: number, kept: number): void;
  weights(connection: number, life: number): void;
}

/** @internal */
export function emitModel(architecture: Architecture, layout: Layout): Uint8Array<ArrayBuffer> {
  const module = new KernelModule(exactWasm);
  const math = new VectorMath(module, exact);
  architecture.programs.forEach((program, k) => {
    const f = module.func(`step${k}`, ["i32", "i32", "i32", "f32"]);
    f.body = new StepEmitter(f, math, architecture, layout).step(program);
  });
  architecture.connections.forEach((connection, c) => {
    const f = module.func(`weights${c}`, ["i32"]);
    f.body = new Sweeps(f, math, layout, { life: f.params[0]!, room: f.params[0]! }).weights(connection);
  });
  return moduleBytes(module, [memoryImport()], (out) => new InstructionWriter(out));
}

class StepEmitter {
  readonly #life: Local;
  readonly #room: Local;
  readonly #mode: Local;
  readonly #kept: Local;
  readonly #sweeps: Sweeps;

  constructor(
    private readonly f: FunctionBuilder,
    private readonly math: VectorMath,
    private readonly architecture: Architecture,
    private readonly layout: Layout,
  ) {
    [this.#life, this.#room, this.#mode, this.#kept] = f.params as [Local, Local, Local, Local];
    this.#sweeps = new Sweeps(f, math, layout, { life: this.#life, room: this.#room });
  }

  step({ operations, next }: StepProgram): Code {
    const { carried } = this.layout.life;
    const inLife = ({ at }: Place) => i32.add(get(this.#life), i32.const(at));
    return seq(
      ...[...carried].map(([state, place]) =>
        memoryCopy(this.#inRoom(this.#vector(state)), inLife(place), i32.const(place.stride)),
      ),
      ...operations.map((operation) => this.#operation(operation)),
      ...[...carried].map(([state, place]) =>
        memoryCopy(inLife(place), this.#inRoom(this.#vector(next[state]!)), i32.const(place.stride)),
      ),
    );
  }

  #operation(operation: Operation): Code {
    switch (operation.op) {
      case "read": {
        const { from, to } = operation;
        return this.#sweeps.read(
          this.#connection(operation.connection),
          this.#vector(from),
          this.#vector(to),
        );
      }
      case "update":
        return this.#update(this.#connection(operation.connection), operation.vectors);
      case "product":
        return this.#sweeps.product(
          operation.weight,
          this.#vector(operation.from),
          this.#vector(operation.to),
        );
      case "convolve": {
        const [from, to] = [this.#vector(operation.from), this.#vector(operation.to)];
        const [weight, bias] = [this.#tensor(operation.weight), this.#tensor(operation.bias)];
        return convolve(this.f, this.#room, operation.shape, { from, to, weight, bias });
      }
      case "map":
        return this.#map(operation);
    }
  }

  #update(connection: Connection, vectors: Readonly<Record<string, string>>): Code {
    const places = Object.fromEntries(
      Object.entries(vectors).map(([key, value]) => [key, this.#vector(value)]),
    );
    const inMode = (mode: number, kept?: Local) =>
      when(i32.eq(get(this.#mode), i32.const(mode)), this.#sweeps.update(connection, places, kept));
    return seq(inMode(modes.learning), inMode(modes.fading, this.#kept));
  }

  #map({ size, values, parameters, results }: MapOperation): Code {
    const column = this.f.local("i32");
    const at = (place: Place, address: Code): Source =>
      place.cols === 1 && size > 1
        ? { rate: "layer", load: () => vector.loadSplat(address) }
        : { rate: "connection", load: () => vector.load(i32.add(address, get(column))) };
    const sources: Record<string, Source> = {};
    for (const [key, value] of Object.entries(values)) {
      const place = this.#vector(value);
      sources[key] = at(place, this.#inRoom(place));
    }
    for (const [key, tensor] of Object.entries(parameters)) {
      const place = this.#tensor(tensor);
      sources[key] = at(place, i32.const(place.at));
    }
    const expressions = new Expressions(this.f, this.math, sources);
    const layer = new Scope();
    const sums = results.map(({ sum }) => (sum ? this.f.local("vector") : null));
    const cellOf = (lanes: number): Code => {
      const cell = new Scope();
      const scopes = { layer, episode: layer, pre: cell, post: cell, connection: cell };
      results.forEach(({ formula, to }, k) => {
        const value = expressions.value(formula, scopes);
        const sum = sums[k];
        if (sum)
          cell.run(set(sum, vector.add(get(sum), lanes < 4 ? vector.and(value, vector.mask(lanes)) : value)));
        else cell.run(vector.store(i32.add(this.#inRoom(this.#vector(to)), get(column)), value));
      });
      return cell.code;
    };
    const [whole, rest] = [size - (size % 4), size % 4];
    const loop = whole > 0 ? forRange(column, i32.const(0), i32.const(whole * 4), 16, cellOf(4)) : nothing;
    const tail = rest > 0 ? seq(set(column, i32.const(whole * 4)), cellOf(rest)) : nothing;
    return seq(
      layer.code,
      ...sums.map((sum) => (sum ? set(sum, splat(0)) : nothing)),
      loop,
      tail,
      ...results.map(({ to }, k) => {
        const sum = sums[k];
        return sum ? f32.store(this.#inRoom(this.#vector(to)), vector.sum(sum)) : nothing;
      }),
    );
  }

  #connection(called: string): Connection {
    return this.architecture.connections.find((each) => each.name === called)!;
  }
  #tensor(called: string): Place {
    return this.layout.tensors.get(called)!;
  }
  #vector(called: string): Place {
    return this.layout.room.vectors.get(called)!;
  }
  #inRoom({ at }: Place): Code {
    return i32.add(get(this.#room), i32.const(at));
  }
}
