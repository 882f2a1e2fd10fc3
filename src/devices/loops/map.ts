import { print, type Rate, simplify } from "../../formulas/index.js";
import type { MapProgram } from "../device.js";
import { type Code, forRange, get, nothing, seq, set, when, word } from "./code.js";
import { Expressions, Scope, type Source } from "./expression.js";
import * as f32 from "./f32.js";
import * as f64 from "./f64.js";
import * as i32 from "./i32.js";
import { arithmeticOf, splat, VectorMath } from "./math.js";
import { KernelModule, type Local } from "./module.js";
import { type Target, vectorBytes } from "./target.js";
import * as vector from "./vector.js";

/** How a buffer lies in the extent: all of it, one row, one column, or a single number for all. */
export type Extent = "full" | "row" | "column" | "single";

export interface MapShape {
  readonly inputs: readonly Extent[];
  /** null: not computed. "row" and "single" receive sums, in one slot for each thread. */
  readonly outputs: readonly (Extent | null)[];
  readonly accumulate: boolean;
}

/**
 * Argument words: columns in whole vectors (bytes), tail mask address or 0, then (address, row stride) of each buffer;
 * for "row" and "single" outputs the stride is that between the slots of two threads. A "single" slot is a float64.
 */
export const mapHeader = 2;

/** The words of a map: see `mapHeader`. `buffers`: (address, stride) of each buffer that has them. */
export const mapWords = (columns: number, tailMask: number, buffers: readonly number[]): number[] => [
  columns,
  tailMask,
  ...buffers,
];

/** Outputs that are written element by element; the others are sums over the columns. */
const stores = (extent: Extent): boolean => extent === "full" || extent === "row";

const rateOfExtent: Record<Extent, Rate> = {
  full: "connection",
  row: "connection",
  column: "episode",
  single: "layer",
};

/** "map tanh(z + b)": what a profile shows. */
function labelOf({ outputs }: MapProgram, shape: MapShape): string {
  const computed = outputs.filter((_, i) => shape.outputs[i]).map((formula) => print(formula));
  const text = computed.join(", ");
  return `map ${text.length > 60 ? `${text.slice(0, 57)}...` : text}`;
}

/** Emits the kernel `map` for a program and the shapes it is used with; `from`, `to` count rows. */
export function emitMap(program: MapProgram, shape: MapShape, target: Target): KernelModule<"map"> {
  const module = new KernelModule<"map">(target);
  const math = new VectorMath(module, arithmeticOf(module.target));
  const f = module.kernel("map", labelOf(program, shape));
  const [, from, to, thread] = f.params as [Local, Local, Local, Local];
  const [columns, tailMask] = [word(0, "columns"), word(1, "tailMask")];
  const row = f.local("i32");
  const column = f.local("i32");
  const pointer = (index: number, name: string): { address: Local; setup: Code; stride: Code } => {
    const address = f.local("i32");
    return {
      address,
      setup: set(address, word(mapHeader + 2 * index, name)),
      stride: word(mapHeader + 2 * index + 1, `stride:${name}`),
    };
  };

  const inputs = shape.inputs.map((extent, i) => {
    const name = program.inputs[i]!;
    return { extent, name, ...pointer(i, name) };
  });
  // Only outputs that are computed have argument words.
  const computed = shape.outputs.flatMap((extent, i) =>
    extent ? [{ extent, formula: simplify(program.outputs[i]!) }] : [],
  );
  const outputs = computed.map((output, k) => ({
    ...output,
    sum: f.local("vector"),
    ...pointer(shape.inputs.length + k, `output:${k}`),
  }));
  const sources: Record<string, Source> = {};
  for (const { extent, name, address } of inputs) {
    const load =
      extent === "full" || extent === "row"
        ? vector.load(i32.add(get(address), get(column)))
        : vector.loadSplat(get(address));
    sources[name] = { rate: rateOfExtent[extent], load: () => load };
  }
  const expressions = new Expressions(f, math, sources);
  const layer = new Scope();
  const episode = new Scope();

  const cellOf = (mask: Code | null): Code => {
    const cell = new Scope();
    const at = { layer, episode, pre: cell, post: cell, connection: cell };
    const masked = (code: Code) => (mask ? vector.and(code, mask) : code);
    // All values first, so that an output may lie where an input was.
    const results = outputs.map((output) => expressions.value(output.formula, at));
    outputs.forEach((output, k) => {
      const value = masked(results[k]!);
      if (!stores(output.extent)) {
        cell.run(set(output.sum, vector.add(get(output.sum), value)));
        return;
      }
      const place = i32.add(get(output.address), get(column));
      const adds = shape.accumulate || output.extent === "row";
      cell.run(vector.store(place, adds ? vector.add(vector.load(place), value) : value));
    });
    return cell.code;
  };
  const whole = cellOf(null);
  const mask = f.local("vector");
  const tail = cellOf(get(mask));

  const advance = (extent: Extent) => extent === "full" || extent === "column";
  const perRow = seq(
    episode.code,
    ...outputs.filter((o) => !stores(o.extent)).map((o) => set(o.sum, splat(0))),
    forRange(column, i32.const(0), columns, vectorBytes(target), whole),
    when(tailMask, seq(set(mask, vector.load(tailMask)), tail)),
    ...outputs
      .filter((o) => o.extent === "column")
      .map((o) => {
        const sum = vector.sum(o.sum);
        return f32.store(get(o.address), shape.accumulate ? f32.add(f32.load(get(o.address)), sum) : sum);
      }),
    ...outputs
      .filter((o) => o.extent === "single")
      .map((o) =>
        f64.store(get(o.address), f64.add(f64.load(get(o.address)), f64.fromF32(vector.sum(o.sum)))),
      ),
    ...[...inputs, ...outputs]
      .filter((b) => advance(b.extent))
      .map((b) => set(b.address, i32.add(get(b.address), b.stride))),
  );
  f.body = seq(
    ...[...inputs, ...outputs].map((b) =>
      seq(
        b.setup,
        advance(b.extent) ? set(b.address, i32.add(get(b.address), i32.mul(get(from), b.stride))) : nothing,
      ),
    ),
    ...outputs
      .filter((o) => !advance(o.extent))
      .map((o) => set(o.address, i32.add(get(o.address), i32.mul(get(thread), o.stride)))),
    layer.code,
    forRange(row, get(from), get(to), 1, perRow),
  );
  return module;
}
