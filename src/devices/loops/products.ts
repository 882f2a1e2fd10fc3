/** Matrix products: the sum over many pairs of vectors, and the module of all products. */

import { Arguments } from "./arguments.js";
import { type Code, forRange, get, seq, set, when, whileLoop } from "./code.js";
import * as i32 from "./i32.js";
import { emitMatmul, emitMatmulTransposed, matmulArguments, matmulTransposedArguments } from "./matmul.js";
import { type FunctionBuilder, KernelModule, type Local } from "./module.js";
import { emitPack, emitPackTransposed, packArguments, packTransposedArguments } from "./pack.js";
import { type Target, vectorBytes } from "./target.js";
import { inRows, type Tile, tileRows, tiles, tilesOf } from "./tiles.js";
import * as vector from "./vector.js";

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
function emitOuterSum(f: FunctionBuilder): void {
  const [, from, to, thread] = f.params as [Local, Local, Local, Local];
  const { wordBytes } = f.target;
  const bytes = vectorBytes(f.target);
  const pairBytes = 2 * wordBytes;
  const words = outerSumArguments.load(f);
  const [i, column, entry, end, first, stop, px, pd, po] = f.locals("i32", 9);
  const [out, b, firstRow, lastRow, xOffset, dOffset] = f.locals("i32", 6);
  const tileOf = tilesOf(f, tileRows(f.target), 2);
  const product = (tile: Tile): Code => {
    const at = (row: number) => i32.add(get(po), i32.mul(i32.const(row), words.stride));
    return seq(
      set(po, i32.add(i32.add(get(out), i32.mul(get(i), words.stride)), get(column))),
      set(xOffset, i32.add(i32.mul(get(b), words.xStride), i32.shl(get(i), i32.const(2)))),
      set(dOffset, i32.add(i32.mul(get(b), words.dStride), get(column))),
      tile.each((row, v) => set(tile.sum(row, v), vector.load(at(row), v * bytes))),
      forRange(
        entry,
        get(first),
        get(end),
        pairBytes,
        seq(
          set(px, i32.add(i32.loadPlace(get(entry)), get(xOffset))),
          set(pd, i32.add(i32.loadPlace(get(entry), wordBytes), get(dOffset))),
          tile.add(
            (row) => vector.loadSplat(get(px), row * 4),
            (v) => vector.load(get(pd), v * bytes),
          ),
        ),
      ),
      tile.each((row, v) => vector.store(at(row), get(tile.sum(row, v)), v * bytes)),
    );
  };
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

/** The arguments of each kernel of products. */
export const productArguments = {
  matmul: matmulArguments,
  matmulTransposed: matmulTransposedArguments,
  outerSum: outerSumArguments,
  pack: packArguments,
  packTransposed: packTransposedArguments,
} as const;
export type ProductKernel = keyof typeof productArguments;

/** The module of matrix products. */
export function emitProducts(target: Target): KernelModule<ProductKernel> {
  const module = new KernelModule<ProductKernel>(target);
  emitMatmul(module.kernel("matmul"));
  emitMatmulTransposed(module.kernel("matmulTransposed"));
  emitOuterSum(module.kernel("outerSum"));
  emitPack(module.kernel("pack"));
  emitPackTransposed(module.kernel("packTransposed"));
  return module;
}
