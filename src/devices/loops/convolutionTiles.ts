/**
 * What the kernels of a convolution share: their arguments, and how they walk over pixels and columns.
 */
import { type ConvolutionShape, convolutionSizes } from "../convolution.js";
import { Arguments } from "./arguments.js";
import { type Code, get, increment, nothing, seq, set, whileLoop } from "./code.js";
import * as f32 from "./f32.js";
import * as i32 from "./i32.js";
import type { FunctionBuilder, Local } from "./module.js";
import { type Target, vectorBytes } from "./target.js";
import { range, tiles } from "./tiles.js";
import * as vector from "./vector.js";

/** Numbers in a packed column: two vectors. */
export const columnWidth = ({ lanes }: Target): number => 2 * lanes;
/** Bytes of a row of a packed column. */
export const packedRowBytes = (target: Target): number => 4 * columnWidth(target);
/** Words of a pixel's entry in the table. */
export const tableWords = 2;
export const entryBytesOf = ({ wordBytes }: Target): number => tableWords * wordBytes;

export const plus = (a: Code, bytes: number): Code => (bytes === 0 ? a : i32.add(a, i32.const(bytes)));
export const columnsOf = (numbers: number, target: Target): number =>
  Math.ceil(numbers / columnWidth(target));
/** How often a loop over so many numbers is unrolled. */
export const unrolled = (count: number): number => [4, 3, 2].find((n) => count % n === 0) ?? 1;

/** Bytes of packed weights for `convolve`, and for `convolveBack`. */
export function packedBytes(shape: ConvolutionShape, target: Target): { forward: number; back: number } {
  const { fanIn, segment } = convolutionSizes(shape);
  const packedRow = packedRowBytes(target);
  return {
    forward: columnsOf(shape.filters, target) * fanIn * packedRow,
    back: shape.kernelHeight * columnsOf(segment, target) * shape.filters * packedRow,
  };
}

/**
 * Of all kernels but the packing ones: x (or its adjoint), out (or its adjoint), packed weights (or the weight's gradient).
 * The table has the place of each output pixel's patch in x and of its numbers in out, in bytes.
 */
export const convolutionArguments = new Arguments({
  ...{ x: "place", out: "place", weights: "place", bias: "place", table: "place", pixels: "place" },
});
export const packArguments = new Arguments({ packed: "place", weight: "place" });

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

/** Runs `body(4)` for units in fours from `i` to `to`, then `body(1)` for the rest. `i` must be set. */
export const inFours = (i: Local, to: Local, body: (units: number) => Code): Code =>
  tiles(i, get(to), [4, 1], 1, body);

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

/** Stores a sum's vectors, the last of them `lanes` wide; with `add`, adds them to what is there. */
export function storeVectors(
  target: Target,
  at: Local,
  sums: readonly Local[],
  lanes: number,
  add: boolean,
): Code {
  const bytes = vectorBytes(target);
  return seq(
    ...sums.map((sum, v) => {
      if (v < sums.length - 1 || lanes === target.lanes) {
        const value = add ? vector.add(vector.load(get(at), v * bytes), get(sum)) : get(sum);
        return vector.store(get(at), value, v * bytes);
      }
      return seq(
        ...range(lanes).map((lane) => {
          const offset = v * bytes + lane * 4;
          const value = vector.extract(lane, get(sum));
          return f32.store(get(at), add ? f32.add(f32.load(get(at), offset), value) : value, offset);
        }),
      );
    }),
  );
}
