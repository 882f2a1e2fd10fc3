/** a @ b and a @ b^T; sums run in one fixed order. */

import { Arguments } from "./arguments.js";
import {
  type Code,
  doWhile,
  forRange,
  get,
  increment,
  memoryFill,
  seq,
  set,
  when,
  whileLoop,
} from "./code.js";
import * as f32 from "./f32.js";
import * as i32 from "./i32.js";
import { splat } from "./math.js";
import type { FunctionBuilder, Local } from "./module.js";
import { vectorBytes } from "./target.js";
import { range, region, severalRows, type Tile, tileRows, tiles, tilesOf } from "./tiles.js";
import * as vector from "./vector.js";

/** Rows of a whose part that is multiplied stays in the second cache. */
const blockRows = 48;

/** Strides in bytes; `aStep`: bytes from a number of a row of a to the next. */
export const matmulArguments = new Arguments({
  ...{ out: "place", a: "place", b: "place", outStride: "place", aStride: "place", bStride: "place" },
  /** Rows of b; bytes of a row of out in whole vectors. */
  ...{ inner: "place", columns: "place" },
  ...{ accumulate: "place", byColumns: "place", rows: "place", aStep: "place" },
  /** How many times as far as in out it is in b from a column of two vectors to the next: 1, or packed its rows. */
  spread: "place",
  /** Rows of b at a time. */
  depth: "place",
});

/**
 * out[r, :] (+)= a[r, :] @ b. `from`, `to` count rows of out, or (`byColumns`) vectors of its columns. Padded columns stay zero
 * because b's are.
 */
export function emitMatmul(f: FunctionBuilder): void {
  const bytes = vectorBytes(f.target);
  const words = matmulArguments.load(f);
  const part = region(f, words.columns, words.byColumns, words.rows, bytes);
  const [r, column, k, pb, pa] = f.locals("i32", 5);
  const [first, end, inner, adds, block, blockEnd] = f.locals("i32", 6);
  const px = range(tileRows(f.target)).map(() => f.local("i32"));
  const steps = f.locals("i32", 4);
  const factors = f.locals("vector", 4);
  const x = f.local("vector");
  const tileOf = tilesOf(f, px.length, 2);
  const product = (tile: Tile): Code => {
    const outAt = (row: number) =>
      i32.add(i32.add(words.out, i32.mul(i32.add(get(r), i32.const(row)), words.outStride)), get(column));
    const each = (body: (row: number, v: number) => Code): Code =>
      seq(
        ...range(tile.rows).map((row) =>
          seq(set(pb, outAt(row)), ...range(tile.width).map((v) => body(row, v))),
        ),
      );
    return seq(
      // Sums go on where they were: one order, however many rows a tile has.
      tile.each((row, v) => set(tile.sum(row, v), splat(0))),
      when(
        get(adds),
        each((row, v) => set(tile.sum(row, v), vector.load(get(pb), v * bytes))),
      ),
      ...range(tile.rows).map((row) =>
        set(px[row]!, i32.add(words.a, i32.mul(i32.add(get(r), i32.const(row)), words.aStride))),
      ),
      set(pa, i32.mul(get(first), words.aStep)),
      set(
        pb,
        i32.add(words.b, i32.add(i32.mul(get(column), words.spread), i32.mul(get(first), words.bStride))),
      ),
      forRange(
        k,
        get(first),
        get(end),
        1,
        seq(
          tile.add(
            (row) => vector.loadSplat(i32.add(get(px[row]!), get(pa))),
            (v) => vector.load(get(pb), v * bytes),
          ),
          set(pa, i32.add(get(pa), words.aStep)),
          set(pb, i32.add(get(pb), words.bStride)),
        ),
      ),
      each((row, v) => vector.store(get(pb), get(tile.sum(row, v)), v * bytes)),
    );
  };
  // A single row uses each number of b once, so b is read as it lies in memory, a few of its rows side by side.
  const outRow = i32.add(i32.add(words.out, i32.mul(get(r), words.outStride)), get(part.firstColumn));
  const walk = (count: number): Code =>
    seq(
      set(pa, i32.add(i32.add(words.a, i32.mul(get(r), words.aStride)), i32.mul(get(k), words.aStep))),
      ...range(count).map((row) =>
        set(factors[row]!, vector.loadSplat(i32.add(get(pa), i32.mul(i32.const(row), words.aStep)))),
      ),
      set(pa, outRow),
      set(pb, i32.add(i32.add(words.b, i32.mul(get(k), words.bStride)), get(part.firstColumn))),
      ...range(count).map((row) =>
        set(steps[row]!, i32.add(get(pb), i32.mul(i32.const(row), words.bStride))),
      ),
      forRange(
        column,
        get(part.firstColumn),
        get(part.lastColumn),
        bytes,
        seq(
          set(x, vector.load(get(pa))),
          ...range(count).map((row) =>
            set(x, vector.madd(get(factors[row]!), vector.load(get(steps[row]!)), get(x))),
          ),
          vector.store(get(pa), get(x)),
          increment(pa, bytes),
          ...range(count).map((row) => increment(steps[row]!, bytes)),
        ),
      ),
    );
  const single = seq(
    when(
      i32.eqz(get(adds)),
      memoryFill(outRow, i32.const(0), i32.sub(get(part.lastColumn), get(part.firstColumn))),
    ),
    set(k, get(first)),
    tiles(k, get(end), [4, 1], 1, walk),
  );
  // But a narrow row of out, and one of a packed product, stays in registers.
  const walks = i32.and(
    i32.gt(i32.sub(get(part.lastColumn), get(part.firstColumn)), i32.const(2 * bytes)),
    i32.eq(words.spread, i32.const(1)),
  );
  const tiled = (body: (width: number) => Code) =>
    seq(set(column, get(part.firstColumn)), tiles(column, get(part.lastColumn), [2, 1], bytes, body));
  f.body = seq(
    words.setup,
    part.setup,
    set(inner, words.inner),
    set(adds, words.accumulate),
    doWhile(
      seq(
        set(end, i32.add(get(first), words.depth)),
        set(end, i32.min(end, inner)),
        // Columns outside: a few vectors of the rows of b stay in the first cache while a block of rows of a passes.
        set(block, get(part.firstRow)),
        whileLoop(
          i32.lt(get(block), get(part.lastRow)),
          seq(
            set(blockEnd, i32.add(get(block), i32.const(blockRows))),
            set(blockEnd, i32.min(blockEnd, part.lastRow)),
            tiled((width) =>
              seq(
                set(r, get(block)),
                severalRows(f, r, blockEnd, (rows) => product(tileOf(rows, width))),
              ),
            ),
            tiles(r, get(blockEnd), [1], 1, () =>
              when(
                walks,
                single,
                tiled((width) => product(tileOf(1, width))),
              ),
            ),
            set(block, get(blockEnd)),
          ),
        ),
        set(first, get(end)),
        set(adds, i32.const(1)),
      ),
      i32.lt(get(first), get(inner)),
    ),
  );
}

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
