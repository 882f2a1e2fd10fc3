/** The gradients of a convolution: sums over all pixels, for each row of the weight, and of the bias. */
import { type ConvolutionShape, convolutionSizes } from "../convolution.js";
import { type Code, forRange, get, nothing, seq, set } from "./code.js";
import { context, inChunks, inColumns, plus } from "./convolutionTiles.js";
import * as i32 from "./i32.js";
import type { FunctionBuilder } from "./module.js";
import { pairSum } from "./outerSum.js";
import { strideOf, vectorBytes } from "./target.js";
import { inRows, range, rowGrain, type Tile, tileRows, tiles, tilesOf, vectorsIn } from "./tiles.js";
import * as vector from "./vector.js";

/** Pixels taken at once, so that their patches stay in the nearest cache while all of the weight passes. */
const chunk = 128;

/** dWeight += x^T d over all pixels. `from`, `to` count rows of the weight, in multiples of the target's grain of rows. */
export function emitConvolveWeights(f: FunctionBuilder, shape: ConvolutionShape): void {
  const c = context(f, shape);
  const { entryBytes } = c;
  const { segment } = convolutionSizes(shape);
  const { filters } = shape;
  const rowBytes = strideOf(shape.width * shape.channels, f.target) * 4;
  const outBytes = strideOf(filters, f.target) * 4;
  const [first, end, zero, column, k, stop, po, db] = f.locals("i32", 8);
  const tileOf = tilesOf(f, tileRows(f.target), 2);
  // Where a row of the weight lies in a patch; rows of a tile one after the other, where no tile reaches beyond a segment.
  const together = segment % rowGrain(f.target) === 0;
  const places = range(together ? 1 : tileRows(f.target)).map(() => f.local("i32"));
  const placeOf = (index: Code): Code =>
    i32.add(
      i32.mul(i32.divU(index, i32.const(segment)), i32.const(rowBytes - segment * 4)),
      i32.shl(index, i32.const(2)),
    );
  const addPairs = pairSum(f);
  const product = (tile: Tile, lanes: number): Code =>
    seq(
      set(po, i32.add(i32.add(get(c.weights), i32.mul(get(k), i32.const(outBytes))), get(column))),
      set(db, i32.add(get(c.out), get(column))),
      addPairs(tile, {
        from: i32.add(get(c.table), i32.mul(get(first), i32.const(entryBytes))),
        ...{ to: get(stop), x: together ? get(places[0]!) : get(c.x), d: get(db) },
        factor: (px, row) =>
          together ? vector.loadSplat(px, row * 4) : vector.loadSplat(i32.add(px, get(places[row]!))),
        masked: (v, value) =>
          v < tile.width - 1 || lanes === f.target.lanes ? value : vector.and(value, vector.mask(lanes)),
        row: (row) => plus(get(po), row * outBytes),
      }),
    );
  f.body = seq(
    c.setup,
    inChunks(
      first,
      end,
      get(zero),
      c.pixels,
      chunk,
      seq(
        set(stop, i32.add(get(c.table), i32.mul(get(end), i32.const(entryBytes)))),
        set(k, get(c.from)),
        inRows(f, k, c.to, (rows) =>
          seq(
            together
              ? set(places[0]!, i32.add(get(c.x), placeOf(get(k))))
              : seq(...range(rows).map((row) => set(places[row]!, placeOf(plus(get(k), row))))),
            inColumns(f.target, column, filters, (width, lanes) => product(tileOf(rows, width), lanes)),
          ),
        ),
      ),
    ),
  );
}

/** dBias += the sum of d over all pixels. `from`, `to` count vectors of the bias. */
export function emitConvolveBias(f: FunctionBuilder, shape: ConvolutionShape): void {
  const { filters } = shape;
  const c = context(f, shape);
  const { entryBytes } = c;
  const { wordBytes } = f.target;
  const bytes = vectorBytes(f.target);
  const [v0, entry, stop, pd, po] = f.locals("i32", 5);
  const sums = f.locals("vector", 4);
  f.body = seq(
    c.setup,
    set(stop, i32.add(get(c.table), i32.mul(get(c.pixels), i32.const(entryBytes)))),
    set(v0, get(c.from)),
    tiles(v0, get(c.to), [4, 1], 1, (vectors) =>
      seq(
        set(po, i32.add(get(c.bias), vectorsIn(f, get(v0)))),
        ...range(vectors).map((v) => set(sums[v]!, vector.load(get(po), v * bytes))),
        forRange(
          entry,
          get(c.table),
          get(stop),
          entryBytes,
          seq(
            set(
              pd,
              i32.add(i32.add(get(c.out), vectorsIn(f, get(v0))), i32.loadPlace(get(entry), wordBytes)),
            ),
            ...range(vectors).map((v) =>
              set(sums[v]!, vector.add(get(sums[v]!), vector.load(get(pd), v * bytes))),
            ),
          ),
        ),
        ...range(vectors).map((v) => vector.store(get(po), get(sums[v]!), v * bytes)),
      ),
    ),
    // What lies behind the last filter is the next pixel's: the padding of a gradient stays zero.
    filters % f.target.lanes === 0
      ? nothing
      : seq(
          set(po, i32.add(get(c.bias), i32.const(Math.floor(filters / f.target.lanes) * bytes))),
          vector.store(get(po), vector.and(vector.load(get(po)), vector.mask(filters % f.target.lanes))),
        ),
  );
}
