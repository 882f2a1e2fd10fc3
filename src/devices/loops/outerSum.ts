/** Sums over pairs of vectors whose places are in a table. */
import { Arguments } from "./arguments.js";
import { type Code, forRange, get, seq, set, when, whileLoop } from "./code.js";
import * as i32 from "./i32.js";
import type { FunctionBuilder, Local } from "./module.js";
import { type Target, vectorBytes } from "./target.js";
import { inRows, type Tile, tileRows, tiles, tilesOf } from "./tiles.js";
import * as vector from "./vector.js";

/** Bytes of a pair of places. */
export const pairBytesOf = ({ wordBytes }: Target): number => 2 * wordBytes;

interface Pairs {
  /** The pairs' part of the table, and what each is behind of the tile's numbers: to be added to its places. */
  readonly from: Code;
  readonly to: Code;
  readonly x: Code;
  readonly d: Code;
  /** The number of a row of the tile, at or after a place of the pair's first vector. */
  readonly factor: (place: Code, row: number) => Code;
  /** A vector of the second, as it was loaded. */
  readonly masked?: (v: number, value: Code) => Code;
  /** Where a row of the result is, and bytes after it. */
  readonly row: (row: number) => Code;
}

/** out += sum over pairs of x * d, for a tile of out. */
export function pairSum(f: FunctionBuilder): (tile: Tile, pairs: Pairs) => Code {
  const { wordBytes } = f.target;
  const bytes = vectorBytes(f.target);
  const [entry, px, pd] = f.locals("i32", 3);
  return (tile, { from, to, x, d, factor, masked = (_, value) => value, row: at }) =>
    seq(
      tile.each((row, v) => set(tile.sum(row, v), vector.load(at(row), v * bytes))),
      forRange(
        entry,
        from,
        to,
        pairBytesOf(f.target),
        seq(
          set(px, i32.add(i32.loadPlace(get(entry)), x)),
          set(pd, i32.add(i32.loadPlace(get(entry), wordBytes), d)),
          tile.add(
            (row) => factor(get(px), row),
            (v) => masked(v, vector.load(get(pd), v * bytes)),
          ),
        ),
      ),
      tile.each((row, v) => vector.store(at(row), get(tile.sum(row, v)), v * bytes)),
    );
}

/** Pairs taken at once, so that their rows stay in the first cache, and their pages known, while all of out passes. */
const chunk = 24;

export const outerSumArguments = new Arguments({
  ...{ out: "place", stride: "place" },
  /** Pairs of an address of x and one of d; how many. */
  ...{ table: "place", pairs: "place" },
  /** Bytes of a row of out in whole vectors. */
  columns: "place",
  /** Where pairs are divided by episodes: rows of out (else 0), strides of x and of d, bytes between threads' outs. */
  ...{ rows: "place", xStride: "place", dStride: "place", slotStride: "place" },
});

/**
 * out[i, :] += sum over pairs p of x_p[i] * d_p. `from`, `to` count rows of out, or episodes: the table has the pairs of the
 * first.
 */
export function emitOuterSum(f: FunctionBuilder): void {
  const [, from, to, thread] = f.params as [Local, Local, Local, Local];
  const bytes = vectorBytes(f.target);
  const pairBytes = pairBytesOf(f.target);
  const words = outerSumArguments.load(f);
  const [i, column, end, first, stop, po] = f.locals("i32", 6);
  const [out, b, firstRow, lastRow, xOffset, dOffset] = f.locals("i32", 6);
  const tileOf = tilesOf(f, tileRows(f.target), 2);
  const addPairs = pairSum(f);
  const product = (tile: Tile): Code =>
    seq(
      set(po, i32.add(i32.add(get(out), i32.mul(get(i), words.stride)), get(column))),
      set(xOffset, i32.add(i32.mul(get(b), words.xStride), i32.shl(get(i), i32.const(2)))),
      set(dOffset, i32.add(i32.mul(get(b), words.dStride), get(column))),
      addPairs(tile, {
        ...{ from: get(first), to: get(end), x: get(xOffset), d: get(dOffset) },
        factor: (px, row) => vector.loadSplat(px, row * 4),
        row: (row) => i32.add(get(po), i32.mul(i32.const(row), words.stride)),
      }),
    );
  const episode = seq(
    set(first, words.table),
    set(stop, i32.add(get(first), i32.shl(words.pairs, i32.const(Math.log2(pairBytes))))),
    whileLoop(
      i32.lt(get(first), get(stop)),
      seq(
        set(end, i32.add(get(first), i32.const(chunk * pairBytes))),
        set(end, i32.min(end, stop)),
        set(i, get(firstRow)),
        inRows(f, i, lastRow, (rows) =>
          seq(
            set(column, i32.const(0)),
            tiles(column, words.columns, [2, 1], bytes, (width) => product(tileOf(rows, width))),
          ),
        ),
        set(first, get(end)),
      ),
    ),
  );
  f.body = seq(
    words.setup,
    set(out, i32.add(words.out, i32.mul(get(thread), words.slotStride))),
    when(
      words.rows,
      seq(set(lastRow, words.rows), forRange(b, get(from), get(to), 1, episode)),
      seq(set(firstRow, get(from)), set(lastRow, get(to)), episode),
    ),
  );
}
