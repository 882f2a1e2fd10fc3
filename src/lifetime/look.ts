/** Looking into a life. `life` is where it begins in memory, `seen` what its last step left. Nothing here changes anything. */
import { wasmStride } from "../devices/wasm/layout.js";
import type { Connection, StepProgram } from "../models/index.js";
import { described } from "./bytes.js";
import type { Engine } from "./engine.js";
import { type Layout, type Place, read } from "./layout.js";
import type { Seen } from "./rooms.js";

/** A matrix, row-major; rows are a connection's presynaptic neurons, columns its postsynaptic ones. */
export interface Matrix {
  readonly rows: number;
  readonly cols: number;
  readonly values: Float32Array;
}

/**
 * One connection between two neurons, by the names that its rule uses: parameters, traces as they are now, and what the
 * last step's update was told (`pre`, `post`, signals; missing where it had no update). `weight` is the effective weight now.
 */
export type Synapse = Readonly<Record<string, number>> & { readonly weight: number };

export function traceOf(engine: Engine, life: number, connection?: string, trace?: string): Matrix {
  const { name, rule } = connectionOf(engine, "trace", connection);
  const { traces, neurons } = engine.layout.life;
  const known = [...rule.traces, ...neurons.get(name)!.keys()];
  const wanted = trace ?? known[0] ?? "";
  const place = traces.get(name)!.get(wanted) ?? neurons.get(name)!.get(wanted);
  if (!place) {
    throw new RangeError(
      `trace: "${name}" has no trace "${trace ?? ""}"; it has ${known.join(", ") || "none"}`,
    );
  }
  return matrixAt(engine, life, place);
}

export function weightsOf(engine: Engine, life: number, connection?: string): Matrix {
  return matrixAt(engine, 0, effective(engine, life, connectionOf(engine, "effective", connection)));
}

export function vectorOf({ layout, memory }: Engine, seen: Seen | null, name: string): Float32Array {
  const place = layout.room.vectors.get(name);
  if (!place) {
    const known = [...layout.room.vectors.keys()].join(", ");
    throw new RangeError(`value: there is no "${name}"; the model has ${known}`);
  }
  return seen && isMade(layout, seen.program, name)
    ? read(memory.f32, seen.room.at, place)
    : new Float32Array(place.cols);
}

/** Whether a step of a program leaves this value in its room; another's may lie there otherwise. */
function isMade({ life }: Layout, { given, operations }: StepProgram, name: string): boolean {
  return (
    given.includes(name) ||
    life.carried.has(name) ||
    operations.some((each) =>
      each.op === "map"
        ? each.results.some(({ to }) => to === name)
        : each.op !== "update" && each.to === name,
    )
  );
}

export function synapseOf(
  engine: Engine,
  life: number,
  seen: Seen | null,
  connection: string | undefined,
  pre: number,
  post: number,
): Synapse {
  const { architecture, layout, memory } = engine;
  const found = connectionOf(engine, "synapse", connection);
  const { name, rule, parameters } = found;
  expectIndex("synapse: pre", pre, found.pre);
  expectIndex("synapse: post", post, found.post);
  const number = (from: number, { at, cols, stride }: Place, row: number, col: number): number =>
    memory.f32[(from + at + row * stride) / 4 + (cols === 1 ? 0 : col)]!;
  const values: Record<string, number> = {};
  for (const [key, { per }] of Object.entries(rule.params)) {
    const row = per === "connection" ? pre : 0;
    values[key] = number(0, layout.tensors.get(parameters[key]!)!, row, per === "pre" ? pre : post);
  }
  for (const [trace, place] of layout.life.traces.get(name)!) values[trace] = number(life, place, pre, post);
  for (const [trace, place] of layout.life.neurons.get(name)!)
    values[trace] = number(life, place, 0, rule.neuronTraces[trace]!.per === "pre" ? pre : post);
  const weight = number(0, effective(engine, life, found), pre, post);
  const update = (seen ? [seen.program] : architecture.programs)
    .flatMap((program) => program.operations)
    .find((each) => each.op === "update" && each.connection === name);
  for (const [key, value] of Object.entries(update?.op === "update" ? update.vectors : {})) {
    // Traces are told as they are now.
    if (Object.hasOwn(values, key)) continue;
    const place = layout.room.vectors.get(value)!;
    values[key] = seen ? number(seen.room.at, place, 0, rule.vectors[key] === "pre" ? pre : post) : 0;
  }
  return { ...values, weight };
}

/** Throws a RangeError unless `index` is a whole number below `count`. */
export function expectIndex(what: string, index: number, count: number): void {
  if (Number.isInteger(index) && index >= 0 && index < count) return;
  throw new RangeError(`${what} must be a whole number from 0 to ${count - 1}, got ${described(index)}`);
}

function connectionOf({ architecture }: Engine, doing: string, name?: string): Connection {
  const { connections } = architecture;
  const found = name === undefined ? connections[0] : connections.find((each) => each.name === name);
  if (found) return found;
  const known = connections.map((each) => each.name).join(", ") || "none";
  throw new RangeError(`${doing}: there is no connection "${name ?? ""}"; the model has ${known}`);
}

/** Where the effective weights of a connection are, until those of another are asked for. */
function effective({ architecture, functions, layout }: Engine, life: number, connection: Connection): Place {
  functions.weights(architecture.connections.indexOf(connection), life);
  const { pre: rows, post: cols } = connection;
  return { at: layout.weights, rows, cols, stride: wasmStride(cols) * 4 };
}

function matrixAt({ memory }: Engine, from: number, place: Place): Matrix {
  return { rows: place.rows, cols: place.cols, values: read(memory.f32, from, place) };
}
