/** a @ b^T; sums run in one fixed order. */
import { Arguments } from "./arguments.js";
import { type Code, forRange, get, increment, seq, set, when } from "./code.js";
import * as f32 from "./f32.js";
import * as i32 from "./i32.js";
import { splat } from "./math.js";
import type { FunctionBuilder, Local } from "./module.js";
import { vectorBytes } from "./target.js";
import { range, region, type Tile, tiles, tilesOf } from "./tiles.js";
import * as vector from "./vector.js";

export const matmulTransposedArguments = new Arguments({
  ...{ out: "place", a: "place", b: "place", outStride: "place", aStride: "place", bStride: "place" },
  /** Bytes of a row of a in whole vectors; columns of out. */
  ...{ inner: "place", columns: "place" },
  ...{ accumulate: "place", byColumns: "place", rows: "place" },
});

/**
 * out[r, c] (+)= a[r, :] . b[c, :]. `from`, `to` count rows of out, or (`byColumns`) its columns. Padding is zero in a and b, so
 * whole vectors may be multiplied.
 */
export function emitMatmulTransposed(f: FunctionBuilder): void {
  const bytes = vectorBytes(f.target);
  const words = matmulTransposedArguments.load(f);
  const part = region(f, words.columns, words.byColumns, words.rows, 1);
  const [r, c, k, pa, pb, po] = f.locals("i32", 6);
  const tileOf = tilesOf(f, 2, 4);
  const a = f.local("vector");
  const product = (tile: Tile): Code => {
    const { rows, width, sum } = tile;
    const step = (base: Local, stride: Code, n: number): Code =>
      n === 0 ? get(base) : i32.add(get(base), i32.mul(i32.const(n), stride));
    return seq(
      tile.each((row, v) => set(sum(row, v), splat(0))),
      set(pa, i32.add(words.a, i32.mul(get(r), words.aStride))),
      set(pb, i32.add(words.b, i32.mul(get(c), words.bStride))),
      forRange(
        k,
        i32.const(0),
        words.inner,
        bytes,
        seq(
          tile.add(
            (row) => vector.load(step(pa, words.aStride, row)),
            (v) => vector.load(step(pb, words.bStride, v)),
          ),
          increment(pa, bytes),
          increment(pb, bytes),
        ),
      ),
      set(po, i32.add(i32.add(words.out, i32.mul(get(r), words.outStride)), i32.shl(get(c), i32.const(2)))),
      ...range(rows).map((row) => {
        const place = step(po, words.outStride, row);
        if (width === 1) {
          const value = vector.sum(sum(row, 0));
          return when(
            words.accumulate,
            f32.store(place, f32.add(f32.load(place), value)),
            f32.store(place, value),
          );
        }
        const total = set(a, vector.sums(sum(row, 0), sum(row, 1), sum(row, 2), sum(row, 3)));
        if (width === f.target.lanes) {
          return seq(
            total,
            when(words.accumulate, set(a, vector.add(vector.load(place), get(a)))),
            vector.store(place, get(a)),
          );
        }
        const each = (value: (v: number) => Code) =>
          seq(...range(width).map((v) => f32.store(place, value(v), 4 * v)));
        const one = (v: number) => vector.extract(v, get(a));
        return seq(
          total,
          when(
            words.accumulate,
            each((v) => f32.add(f32.load(place, 4 * v), one(v))),
            each(one),
          ),
        );
      }),
    );
  };
  f.body = seq(
    words.setup,
    part.setup,
    // Columns outside: a few rows of b stay in the first cache while all of a passes.
    set(c, get(part.firstColumn)),
    tiles(c, get(part.lastColumn), [4, 1], 1, (width) =>
      seq(
        set(r, get(part.firstRow)),
        tiles(r, get(part.lastRow), [2, 1], 1, (rows) => product(tileOf(rows, width))),
      ),
    ),
  );
}
