/** a @ b; sums run in one fixed order. */
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
import * as i32 from "./i32.js";
import { splat } from "./math.js";
import type { FunctionBuilder } from "./module.js";
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
  /** Rows of b at a time, and bytes of columns of out, whole tiles: what of b stays in the second cache while all rows of a pass. */
  ...{ depth: "place", panel: "place" },
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
  const [first, end, inner, adds, block, blockEnd, left, right] = f.locals("i32", 8);
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
  const outRow = i32.add(i32.add(words.out, i32.mul(get(r), words.outStride)), get(left));
  const walk = (count: number): Code =>
    seq(
      set(pa, i32.add(i32.add(words.a, i32.mul(get(r), words.aStride)), i32.mul(get(k), words.aStep))),
      ...range(count).map((row) =>
        set(factors[row]!, vector.loadSplat(i32.add(get(pa), i32.mul(i32.const(row), words.aStep)))),
      ),
      set(pa, outRow),
      set(pb, i32.add(i32.add(words.b, i32.mul(get(k), words.bStride)), get(left))),
      ...range(count).map((row) =>
        set(steps[row]!, i32.add(get(pb), i32.mul(i32.const(row), words.bStride))),
      ),
      forRange(
        column,
        get(left),
        get(right),
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
    when(i32.eqz(get(adds)), memoryFill(outRow, i32.const(0), i32.sub(get(right), get(left)))),
    set(k, get(first)),
    tiles(k, get(end), [4, 1], 1, walk),
  );
  // But a narrow row of out, and one of a packed product, stays in registers.
  const walks = i32.and(
    i32.gt(i32.sub(get(right), get(left)), i32.const(2 * bytes)),
    i32.eq(words.spread, i32.const(1)),
  );
  const tiled = (body: (width: number) => Code) =>
    seq(set(column, get(left)), tiles(column, get(right), [2, 1], bytes, body));
  const rowsOfPanel = seq(
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
  );
  f.body = seq(
    words.setup,
    part.setup,
    set(inner, words.inner),
    set(adds, words.accumulate),
    doWhile(
      seq(
        set(end, i32.add(get(first), words.depth)),
        set(end, i32.min(end, inner)),
        set(left, get(part.firstColumn)),
        whileLoop(
          i32.lt(get(left), get(part.lastColumn)),
          seq(
            set(right, i32.add(get(left), words.panel)),
            set(right, i32.min(right, part.lastColumn)),
            rowsOfPanel,
            set(left, get(right)),
          ),
        ),
        set(first, get(end)),
        set(adds, i32.const(1)),
      ),
      i32.lt(get(first), get(inner)),
    ),
  );
}
