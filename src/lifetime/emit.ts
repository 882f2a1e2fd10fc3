/**
 * The WebAssembly module of a model. Every place is a constant of the code, counted from where a life or a room begins:
 *   step<k>(life, room, mode, kept)   program k: reads the room's inputs, leaves its values, updates traces and states
 *   weights<c>(life)                  the effective weights of connection c, as they are now
 * No instruction is used whose result the machine may choose: the same steps have the same bits everywhere.
 */
import { type Code, get, memoryCopy, nothing, seq, when } from "../devices/loops/code.js";
import * as i32 from "../devices/loops/i32.js";
import { exact, VectorMath } from "../devices/loops/math.js";
import { type FunctionBuilder, KernelModule, type Local } from "../devices/loops/module.js";
import { everyRow } from "../devices/loops/plainRows.js";
import * as vector from "../devices/loops/vector.js";
import { memoryImport, moduleBytes } from "../devices/wasm/binary.js";
import { exactWasm } from "../devices/wasm/features.js";
import { InstructionWriter } from "../devices/wasm/instructions.js";
import type { Architecture, Connection, MapOperation, Operation, StepProgram } from "../models/index.js";
import { nonplastic } from "../rules/none.js";
import { convolve } from "./convolve.js";
import type { Layout, Place } from "./layout.js";
import {
  effectiveWeights,
  fadingPass,
  kept,
  mapBody,
  namedPass,
  readPass,
  updatePass,
  weightsPass,
} from "./passes.js";

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
    f.body = emitter(f, math, architecture, layout).step(program);
  });
  architecture.connections.forEach((connection, c) => {
    const f = module.func(`weights${c}`, ["i32"]);
    f.body = emitter(f, math, architecture, layout).weights(connection);
  });
  return moduleBytes(module, [memoryImport()], (out) => new InstructionWriter(out));
}

/** Makes the code of one function. */
function emitter(
  f: FunctionBuilder,
  math: VectorMath,
  { connections, states }: Architecture,
  { tensors, weights, life, room }: Layout,
) {
  const [lifeStart, roomStart, mode, share] = f.params as [Local, Local, Local, Local];
  const tensor = (called: string): Place => tensors.get(called)!;
  const vectorOf = (called: string): Place => room.vectors.get(called)!;
  const inLife = ({ at }: Place): Code => i32.add(get(lifeStart), i32.const(at));
  const inRoom = ({ at }: Place): Code => i32.add(get(roomStart), i32.const(at));
  const shared = ({ at }: Place): Code => i32.const(at);
  const at = (called: string): Code => inRoom(vectorOf(called));
  const connection = (called: string): Connection => connections.find(({ name }) => name === called)!;

  /** Where a connection's parameters and traces lie. */
  const startsOf = ({ name, rule, parameters }: Connection): Record<string, Code> => {
    const starts: Record<string, Code> = {};
    for (const [key, called] of Object.entries(parameters)) starts[`param:${key}`] = shared(tensor(called));
    for (const trace of rule.traces) {
      const place = inLife(life.traces.get(name)!.get(trace)!);
      starts[`from:${trace}`] = place;
      starts[`to:${trace}`] = place;
    }
    return starts;
  };

  /** Where the vectors lie that a read takes. */
  const taken = (read: string, vectors: Readonly<Record<string, string>>): Record<string, Code> =>
    Object.fromEntries(Object.entries(vectors).map(([key, called]) => [`read:${read}:${key}`, at(called)]));
  const read = (
    of: Connection,
    from: string,
    vectors: Readonly<Record<string, string>>,
    to: string,
  ): Code => {
    const starts = { ...startsOf(of), ...taken("read", vectors), x: at(from), z: at(to) };
    // A weight that is a parameter is finite: what is 0 adds nothing. Of a word, one number of thousands is not.
    const skipped = of.rule.weight.kind === "name" && of.rule.traces.length === 0 ? "x" : undefined;
    return everyRow(f, math, readPass(of), starts, 4, {}, skipped);
  };
  const readNamed = ({
    connection: of,
    read,
    vectors,
    to,
  }: Extract<Operation, { op: "readNamed" }>): Code => {
    const found = connection(of);
    const starts = { ...startsOf(found), ...taken(read, vectors), [`z:${read}`]: at(to) };
    return everyRow(f, math, namedPass(found, read), starts, 4);
  };

  const update = (of: Connection, vectors: Readonly<Record<string, string>>): Code => {
    const starts = startsOf(of);
    for (const [key, called] of Object.entries(vectors)) starts[`vector:${key}`] = at(called);
    const inMode = (which: number, fades: boolean) =>
      when(
        i32.eq(get(mode), i32.const(which)),
        everyRow(f, math, updatePass(of, fades), starts, 2, { [kept]: vector.splat(get(share)) }),
      );
    return seq(inMode(modes.learning, false), inMode(modes.fading, true));
  };

  const map = (operation: MapOperation): Code => {
    const starts: Record<string, Code> = {};
    const sizes: Record<string, number> = {};
    const add = (
      names: Readonly<Record<string, string>>,
      find: (called: string) => Place,
      address: (place: Place) => Code,
    ) => {
      for (const [key, called] of Object.entries(names)) {
        const place = find(called);
        starts[key] = address(place);
        sizes[key] = place.cols;
      }
    };
    add(operation.values, vectorOf, inRoom);
    add(operation.parameters, tensor, shared);
    operation.results.forEach(({ to }, k) => {
      starts[`result:${k}`] = at(to);
    });
    return everyRow(f, math, mapBody(operation, sizes), starts, 1);
  };

  /** Traces of neurons that a step changes. */
  const learned = (next: StepProgram["next"]) =>
    states.filter(({ name, trace }) => trace && next[name] !== name);
  /** In a frozen life, what a step would make of the traces of neurons is what they were. */
  const unchanged = (operation: Operation, next: StepProgram["next"]): Code => {
    if (operation.op !== "map") return nothing;
    const made = learned(next).filter(({ name }) => operation.results.some(({ to }) => to === next[name]));
    const back = made.map(({ name }) =>
      memoryCopy(at(next[name]!), at(name), i32.const(vectorOf(name).stride)),
    );
    return made.length > 0 ? when(i32.eq(get(mode), i32.const(modes.frozen)), seq(...back)) : nothing;
  };
  const fade = (place: Place, start: number): Code =>
    when(
      i32.eq(get(mode), i32.const(modes.fading)),
      everyRow(f, math, fadingPass(place.cols, start), { trace: inLife(place) }, 1, {
        [kept]: vector.splat(get(share)),
      }),
    );

  const emit = (operation: Operation): Code => {
    switch (operation.op) {
      case "read":
        return read(connection(operation.connection), operation.from, operation.vectors ?? {}, operation.to);
      case "readNamed":
        return readNamed(operation);
      case "update":
        return update(connection(operation.connection), operation.vectors);
      case "product": {
        // As if by connections that never change.
        const { weight, from, to } = operation;
        const { rows: pre, cols: post } = tensor(weight);
        return read({ name: weight, rule: nonplastic, pre, post, parameters: { w: weight } }, from, {}, to);
      }
      case "convolve": {
        const { shape, from, to, weight, bias } = operation;
        const places = { from: vectorOf(from), to: vectorOf(to), weight: tensor(weight), bias: tensor(bias) };
        return convolve(f, math, roomStart, shape, places);
      }
      case "map":
        return map(operation);
    }
  };

  return {
    step({ operations, next }: StepProgram): Code {
      const carried = [...life.carried];
      const copy = (to: Code, from: Code, { stride }: Place) => memoryCopy(to, from, i32.const(stride));
      return seq(
        ...carried.map(([state, place]) => copy(at(state), inLife(place), place)),
        ...operations.map((operation) => seq(emit(operation), unchanged(operation, next))),
        ...carried.map(([state, place]) => copy(inLife(place), at(next[state]!), place)),
        ...learned(next).map(({ name, start }) => fade(life.carried.get(name)!, start)),
      );
    },
    /** Writes the effective weights to the model's room for them. */
    weights(of: Connection): Code {
      const starts: Record<string, Code> = { ...startsOf(of), [effectiveWeights]: i32.const(weights) };
      for (const [trace, place] of life.neurons.get(of.name)!) starts[`read:read:${trace}`] = inLife(place);
      return everyRow(f, math, weightsPass(of), starts, 1);
    },
  };
}
