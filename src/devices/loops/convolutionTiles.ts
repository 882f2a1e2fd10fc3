/**
 * What the kernels of a convolution share: their arguments, and how they walk over pixels and columns.
 */
import type { ConvolutionShape } from "../convolution.js";
import { Arguments } from "./arguments.js";
import { type Code, get, increment, nothing, seq, set, whileLoop } from "./code.js";
import * as f32 from "./f32.js";
import * as i32 from "./i32.js";
import type { FunctionBuilder, Local } from "./module.js";
import { columnWidth, packedRowBytes } from "./pack.js";
import type { Target } from "./target.js";
import { range, type Tile } from "./tiles.js";
import * as vector from "./vector.js";

/** Words of a pixel's entry in the table. */
export const tableWords = 2;
export const entryBytesOf = ({ wordBytes }: Target): number => tableWords * wordBytes;

export const plus = (a: Code, bytes: number): Code => (bytes === 0 ? a : i32.add(a, i32.const(bytes)));
/** How often a loop over so many numbers is unrolled. */
export const unrolled = (count: number): number => [4, 3, 2].find((n) => count % n === 0) ?? 1;

/**
 * Of all kernels: x (or its adjoint), out (or its adjoint), packed weights (or the weight's gradient).
 * The table has the place of each output pixel's patch in x and of its numbers in out, in bytes.
 */
export const convolutionArguments = new Arguments({
  ...{ x: "place", out: "place", weights: "place", bias: "place", table: "place", pixels: "place" },
});

export interface Context {
  readonly f: FunctionBuilder;
  readonly shape: ConvolutionShape;
  readonly from: Local;
  readonly to: Local;
  /** Bytes of a pixel's entry in the table. */
  readonly entryBytes: number;
  /** Loads argument words into locals, once a call. */
  readonly setup: Code;
  readonly x: Local;
  readonly out: Local;
  readonly weights: Local;
  readonly bias: Local;
  readonly table: Local;
  readonly pixels: Local;
}

export function context(f: FunctionBuilder, shape: ConvolutionShape): Context {
  const [, from, to] = f.params as [Local, Local, Local];
  const names = ["x", "out", "weights", "bias", "table", "pixels"] as const;
  const locals = Object.fromEntries(names.map((name) => [name, f.local("i32")])) as Record<
    (typeof names)[number],
    Local
  >;
  const setup = seq(...names.map((name) => set(locals[name], convolutionArguments.read(name))));
  return { f, shape, from, to, setup, entryBytes: entryBytesOf(f.target), ...locals };
}

/** Chunks of `size` units of [low, high): sets `first` and `end` and runs the body. */
export const inChunks = (first: Local, end: Local, low: Code, high: Local, size: number, body: Code): Code =>
  seq(
    set(first, low),
    whileLoop(
      i32.lt(get(first), get(high)),
      seq(set(end, plus(get(first), size)), set(end, i32.min(end, high)), body, set(first, get(end))),
    ),
  );

/** Columns of two vectors of `numbers`: whole ones in a loop over `column` (in bytes), then the rest: its vectors and lone lanes. */
export function inColumns(
  target: Target,
  column: Local,
  numbers: number,
  body: (vectors: number, lanes: number) => Code,
): Code {
  const { lanes } = target;
  const packedRow = packedRowBytes(target);
  const whole = Math.floor(numbers / columnWidth(target));
  const rest = numbers % columnWidth(target);
  return seq(
    set(column, i32.const(0)),
    whole === 0
      ? nothing
      : whileLoop(
          i32.lt(get(column), i32.const(whole * packedRow)),
          seq(body(2, lanes), increment(column, packedRow)),
        ),
    rest === 0 ? nothing : body(Math.ceil(rest / lanes), ((rest - 1) % lanes) + 1),
  );
}

/** Stores a row of a tile, its last vector `lanes` wide; with `add`, adds it to what is there. */
export function storeRow(
  { lanes: all }: Target,
  at: Local,
  tile: Tile,
  row: number,
  lanes: number,
  add: boolean,
): Code {
  return seq(
    ...range(tile.width).map((v) => {
      const sum = get(tile.sum(row, v));
      if (v < tile.width - 1 || lanes === all) {
        const value = add ? vector.add(vector.load(get(at), 4 * v * all), sum) : sum;
        return vector.store(get(at), value, 4 * v * all);
      }
      return seq(
        ...range(lanes).map((lane) => {
          const offset = 4 * (v * all + lane);
          const value = vector.extract(lane, sum);
          return f32.store(get(at), add ? f32.add(f32.load(get(at), offset), value) : value, offset);
        }),
      );
    }),
  );
}
