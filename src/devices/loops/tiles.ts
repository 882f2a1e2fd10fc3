/** How matrix products walk through their result: tiles that stay in registers. */
import { type Code, get, increment, seq, set, when, whileLoop } from "./code.js";
import * as i32 from "./i32.js";
import type { FunctionBuilder, Local } from "./module.js";
import { type Target, vectorBytes } from "./target.js";
import * as vector from "./vector.js";

export const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
/** Bytes of so many vectors. */
export const vectorsIn = ({ target }: FunctionBuilder, vectors: Code): Code =>
  i32.shl(vectors, i32.const(Math.log2(vectorBytes(target))));

/** A part of a product that stays in registers: rows of vectors, each a sum. */
export interface Tile {
  readonly rows: number;
  readonly width: number;
  sum(row: number, v: number): Local;
  each(code: (row: number, v: number) => Code): Code;
  /** Adds a term to all sums: a number in all lanes for each row (or a vector), times the vectors of a row. */
  add(left: (row: number) => Code, right: (v: number) => Code): Code;
}

/** The most rows of a tile of two vectors: its sums, two factors of a row and one of a column are in registers. */
export const tileRows = ({ registers }: Pick<Target, "registers">): number =>
  [12, 6].find((rows) => 2 * rows + 3 <= registers) ?? 4;

/** So many rows, and their multiples, are whole tiles of one kind. */
export const rowGrain = (target: Target): number => (tileRows(target) === 4 ? 4 : 12);

/** The tiles of a kernel, at most so large: all are made of the same locals. */
export function tilesOf(
  f: FunctionBuilder,
  rows: number,
  width: number,
): (rows: number, width: number) => Tile {
  const sums = range(rows * width).map(() => f.local("vector"));
  const vectors = range(width).map(() => f.local("vector"));
  const factor = f.local("vector");
  const most = width;
  return (rows, width) => {
    const sum = (row: number, v: number) => sums[row * most + v]!;
    return {
      ...{ rows, width, sum },
      each: (code) => seq(...range(rows).flatMap((row) => range(width).map((v) => code(row, v)))),
      add: (left, right) =>
        seq(
          ...range(width).map((v) => set(vectors[v]!, right(v))),
          ...range(rows).map((row) =>
            seq(
              set(factor, left(row)),
              ...range(width).map((v) =>
                set(sum(row, v), vector.madd(get(factor), get(vectors[v]!), get(sum(row, v)))),
              ),
            ),
          ),
        ),
    };
  };
}

/**
 * Runs `body(size)` for tiles from `i` to `to`: as many as fit of the first size, then of the next; the last size is 1.
 * `i` must be set.
 */
export function tiles(
  i: Local,
  to: Code,
  sizes: readonly number[],
  step: number,
  body: (size: number) => Code,
): Code {
  return seq(
    ...sizes.map((size) =>
      whileLoop(
        i32.le(i32.add(get(i), i32.const(size * step)), to),
        seq(body(size), increment(i, size * step)),
      ),
    ),
  );
}

/**
 * As `tiles`, for rows up to a local: as many at a time as the machine has room for, then four. Leaves up to three. Two or three
 * more than sixes are better taken as eight: less than eight sums leave units idle that wait for their last one.
 */
export function severalRows(f: FunctionBuilder, i: Local, to: Local, body: (rows: number) => Code): Code {
  const most = tileRows(f.target);
  if (most !== 6) return tiles(i, get(to), most === 4 ? [4] : [most, 4], 1, body);
  const [rows, sixes] = f.locals("i32", 2);
  const rest = i32.sub(get(rows), i32.mul(i32.divU(get(rows), i32.const(6)), i32.const(6)));
  const twoOrThree = i32.eq(i32.and(rest, i32.const(6)), i32.const(2));
  return seq(
    set(rows, i32.sub(get(to), get(i))),
    set(sixes, i32.sub(get(to), i32.shl(twoOrThree, i32.const(3)))),
    tiles(i, get(sixes), [6], 1, body),
    tiles(i, get(to), [4], 1, body),
  );
}

/** As `severalRows`, then one by one. */
export const inRows = (f: FunctionBuilder, i: Local, to: Local, body: (rows: number) => Code): Code =>
  seq(severalRows(f, i, to, body), tiles(i, get(to), [1], 1, body));

/**
 * The part of out that a call of `matmul` or `matmulTransposed` computes: `from` to `to` count its rows, or, where the word
 * `byColumns` is set, units of its columns.
 */
export function region(f: FunctionBuilder, columns: Code, byColumns: Code, rows: Code, unit: number) {
  const [, from, to] = f.params as [Local, Local, Local];
  const [firstRow, lastRow, firstColumn, lastColumn] = f.locals("i32", 4);
  const setup = when(
    byColumns,
    seq(
      set(lastRow, rows),
      set(firstColumn, i32.mul(get(from), i32.const(unit))),
      set(lastColumn, i32.mul(get(to), i32.const(unit))),
    ),
    seq(set(firstRow, get(from)), set(lastRow, get(to)), set(lastColumn, columns)),
  );
  return { setup, firstRow, lastRow, firstColumn, lastColumn };
}
