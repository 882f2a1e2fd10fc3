/** Copies a factor of a product, or its transpose, into columns of two vectors, one after the other. */
import { Arguments } from "./arguments.js";
import { type Code, forRange, get, increment, seq, set } from "./code.js";
import * as f32 from "./f32.js";
import * as i32 from "./i32.js";
import type { FunctionBuilder, Local } from "./module.js";
import { type Target, vectorBytes } from "./target.js";
import { range, tiles } from "./tiles.js";
import * as vector from "./vector.js";

/** Numbers in a packed column. */
export const columnWidth = ({ lanes }: Target): number => 2 * lanes;
/** Bytes of a row of a packed column. */
export const packedRowBytes = (target: Target): number => 4 * columnWidth(target);
export const columnsOf = (numbers: number, target: Target): number =>
  Math.ceil(numbers / columnWidth(target));

/** Places, bytes from a row of the source to the next, its rows. */
export const packArguments = new Arguments({
  ...{ packed: "place", source: "place", stride: "place", rows: "place" },
});

/** Columns `from` to `to` of the source. Numbers after its last vector may be anything. */
export function emitPack(f: FunctionBuilder): void {
  const [, from, to] = f.params as [Local, Local, Local];
  const words = packArguments.load(f);
  const bytes = vectorBytes(f.target);
  const packedRow = packedRowBytes(f.target);
  const [column, k, source, packed] = f.locals("i32", 4);
  f.body = seq(
    words.setup,
    set(packed, i32.add(words.packed, i32.mul(get(from), i32.mul(words.rows, i32.const(packedRow))))),
    forRange(
      column,
      get(from),
      get(to),
      1,
      seq(
        set(source, i32.add(words.source, i32.mul(get(column), i32.const(packedRow)))),
        forRange(
          k,
          i32.const(0),
          words.rows,
          1,
          seq(
            ...range(2).map((v) => vector.store(get(packed), vector.load(get(source), v * bytes), v * bytes)),
            increment(packed, packedRow),
            set(source, i32.add(get(source), words.stride)),
          ),
        ),
      ),
    ),
  );
}

/** Likewise; `rows` are those of a block, and `numbers` what each has. */
export const packTransposedArguments = new Arguments({
  ...{ packed: "place", source: "place", stride: "place", rows: "place", numbers: "place" },
});

/**
 * Columns of the transpose, where the source has blocks of rows: one block's columns after the other's. `from` to `to` of all
 * columns. Where a block's rows do not fill its last column, the rest of it may be anything.
 */
export function emitPackTransposed(f: FunctionBuilder): void {
  const [, from, to] = f.params as [Local, Local, Local];
  const words = packTransposedArguments.load(f);
  const packedRow = packedRowBytes(f.target);
  const width = i32.const(columnWidth(f.target));
  const [column, columns, inBlock, row, end, o, firstRow, packed, at] = f.locals("i32", 9);
  const sources = f.locals("i32", 4);
  const copyRows = (rows: number): Code =>
    seq(
      ...range(rows).map((k) =>
        set(sources[k]!, i32.add(words.source, i32.mul(i32.add(get(row), i32.const(k)), words.stride))),
      ),
      set(at, i32.add(get(packed), i32.shl(i32.sub(get(row), get(firstRow)), i32.const(2)))),
      forRange(
        o,
        i32.const(0),
        words.numbers,
        1,
        seq(
          ...range(rows).map((k) => f32.store(get(at), f32.load(get(sources[k]!)), 4 * k)),
          ...range(rows).map((k) => increment(sources[k]!, 4)),
          increment(at, packedRow),
        ),
      ),
    );
  f.body = seq(
    words.setup,
    set(columns, i32.divU(i32.add(words.rows, i32.sub(width, i32.const(1))), width)),
    forRange(
      column,
      get(from),
      get(to),
      1,
      seq(
        set(
          packed,
          i32.add(words.packed, i32.mul(get(column), i32.mul(words.numbers, i32.const(packedRow)))),
        ),
        // The column's number among its block's, and its rows of the source.
        set(end, i32.divU(get(column), get(columns))),
        set(inBlock, i32.sub(get(column), i32.mul(get(end), get(columns)))),
        set(end, i32.mul(get(end), words.rows)),
        set(firstRow, i32.add(get(end), i32.mul(get(inBlock), width))),
        set(row, i32.add(get(firstRow), width)),
        set(end, i32.add(get(end), words.rows)),
        set(end, i32.min(end, row)),
        set(row, get(firstRow)),
        tiles(row, get(end), [4, 1], 1, copyRows),
      ),
    ),
  );
}
