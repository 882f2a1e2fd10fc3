/**
 * Convolutions as matrix products whose rows are never copied together: a patch under the kernel is kernelHeight
 * stretches of neighbouring numbers (channels are innermost), so a table with the place of each output pixel's patch is
 * enough. Weights are packed first. Sizes and strides are constants of the kernels.
 */
import { type ConvolutionShape, convolutionSizes } from "../convolution.js";
import { type Code, forRange, get, increment, seq, set } from "./code.js";
import { emitPack, emitPackTransposed } from "./convolutionPack.js";
import {
  columnsOf,
  context,
  inChunks,
  inColumns,
  inFours,
  packedRowBytes,
  storeVectors,
  unrolled,
} from "./convolutionTiles.js";
import { emitConvolveBias, emitConvolveWeights } from "./convolutionWeights.js";
import * as i32 from "./i32.js";
import { splat } from "./math.js";
import { type FunctionBuilder, KernelModule } from "./module.js";
import { strideOf, type Target, vectorBytes } from "./target.js";
import { range } from "./tiles.js";
import * as vector from "./vector.js";

/** Pixels that go through all columns before the next: their patches stay in the nearest cache. */
const chunk = 64;

export const convolutionKernels = [
  "pack",
  "packTransposed",
  "convolve",
  "convolveBack",
  "convolveWeights",
  "convolveBias",
] as const;
export type ConvolutionKernel = (typeof convolutionKernels)[number];

/** out = bias + x * weight. `from`, `to` count output pixels. */
function emitConvolve(f: FunctionBuilder, shape: ConvolutionShape): void {
  const c = context(f, shape);
  const { entryBytes } = c;
  const bytes = vectorBytes(f.target);
  const packedRow = packedRowBytes(f.target);
  const { segment, fanIn } = convolutionSizes(shape);
  const rowBytes = strideOf(shape.width * shape.channels, f.target) * 4;
  const [first, end, column, p, entry, pb, ky, q, po] = f.locals("i32", 9);
  const px = f.locals("i32", 4);
  const sums = f.locals("vector", 8);
  const vectors = f.locals("vector", 2);
  const a = f.local("vector");
  const unroll = unrolled(segment);
  const tile = (rows: number, width: number, lanes: number): Code => {
    const sum = (row: number, v: number) => sums[row * 2 + v]!;
    const step = (u: number) =>
      seq(
        ...range(width).map((v) => set(vectors[v]!, vector.load(get(pb), u * packedRow + v * bytes))),
        ...range(rows).map((row) =>
          seq(
            set(a, vector.loadSplat(get(px[row]!), u * 4)),
            ...range(width).map((v) =>
              set(sum(row, v), vector.madd(get(a), get(vectors[v]!), get(sum(row, v)))),
            ),
          ),
        ),
      );
    return seq(
      set(entry, i32.add(get(c.table), i32.mul(get(p), i32.const(entryBytes)))),
      ...range(rows).map((row) =>
        set(px[row]!, i32.add(get(c.x), i32.loadPlace(get(entry), row * entryBytes))),
      ),
      ...range(width).flatMap((v) =>
        range(rows).map((row) => set(sum(row, v), vector.load(i32.add(get(c.bias), get(column)), v * bytes))),
      ),
      // A column takes as many bytes in a row of out, and fanIn times as many packed.
      set(pb, i32.add(get(c.weights), i32.mul(get(column), i32.const(fanIn)))),
      forRange(
        ky,
        i32.const(0),
        i32.const(shape.kernelHeight),
        1,
        seq(
          forRange(
            q,
            i32.const(0),
            i32.const(segment),
            unroll,
            seq(
              ...range(unroll).map(step),
              ...range(rows).map((row) => increment(px[row]!, unroll * 4)),
              increment(pb, unroll * packedRow),
            ),
          ),
          ...range(rows).map((row) => increment(px[row]!, rowBytes - segment * 4)),
        ),
      ),
      ...range(rows).map((row) =>
        seq(
          set(
            po,
            i32.add(
              i32.add(get(c.out), get(column)),
              i32.loadPlace(get(entry), row * entryBytes + f.target.wordBytes),
            ),
          ),
          storeVectors(
            f.target,
            po,
            range(width).map((v) => sum(row, v)),
            lanes,
            false,
          ),
        ),
      ),
    );
  };
  f.body = seq(
    c.setup,
    inChunks(
      first,
      end,
      get(c.from),
      c.to,
      chunk,
      inColumns(f.target, column, shape.filters, (vectors, lanes) =>
        seq(
          set(p, get(first)),
          inFours(p, end, (rows) => tile(rows, vectors, lanes)),
        ),
      ),
    ),
  );
}

/** dx += d * weight^T, each product where its pixel lies. `from`, `to` count images: patches of one image overlap. */
function emitConvolveBack(f: FunctionBuilder, shape: ConvolutionShape): void {
  const c = context(f, shape);
  const { entryBytes } = c;
  const bytes = vectorBytes(f.target);
  const packedRow = packedRowBytes(f.target);
  const { segment, outHeight, outWidth } = convolutionSizes(shape);
  const { filters } = shape;
  const rowBytes = strideOf(shape.width * shape.channels, f.target) * 4;
  const pixels = outHeight * outWidth;
  const [first, end, last, column, p, entry, pb, ky, o, po, row0, packed] = f.locals("i32", 12);
  const pd = f.locals("i32", 4);
  const sums = f.locals("vector", 8);
  const vectors = f.locals("vector", 2);
  const a = f.local("vector");
  const unroll = unrolled(filters);
  const tile = (rows: number, width: number, lanes: number): Code => {
    const sum = (row: number, v: number) => sums[row * 2 + v]!;
    const step = (u: number) =>
      seq(
        ...range(width).map((v) => set(vectors[v]!, vector.load(get(pb), u * packedRow + v * bytes))),
        ...range(rows).map((row) =>
          seq(
            set(a, vector.loadSplat(get(pd[row]!), u * 4)),
            ...range(width).map((v) =>
              set(sum(row, v), vector.madd(get(a), get(vectors[v]!), get(sum(row, v)))),
            ),
          ),
        ),
      );
    return seq(
      set(entry, i32.add(get(c.table), i32.mul(get(p), i32.const(entryBytes)))),
      ...range(rows).map((row) =>
        set(pd[row]!, i32.add(get(c.out), i32.loadPlace(get(entry), row * entryBytes + f.target.wordBytes))),
      ),
      ...range(width).flatMap((v) => range(rows).map((row) => set(sum(row, v), splat(0)))),
      set(pb, i32.add(get(packed), i32.mul(get(column), i32.const(filters)))),
      forRange(
        o,
        i32.const(0),
        i32.const(filters),
        unroll,
        seq(
          ...range(unroll).map(step),
          ...range(rows).map((row) => increment(pd[row]!, unroll * 4)),
          increment(pb, unroll * packedRow),
        ),
      ),
      ...range(rows).map((row) =>
        seq(
          set(po, i32.add(i32.add(get(row0), get(column)), i32.loadPlace(get(entry), row * entryBytes))),
          storeVectors(
            f.target,
            po,
            range(width).map((v) => sum(row, v)),
            lanes,
            true,
          ),
        ),
      ),
    );
  };
  f.body = seq(
    c.setup,
    set(last, i32.mul(get(c.to), i32.const(pixels))),
    inChunks(
      first,
      end,
      i32.mul(get(c.from), i32.const(pixels)),
      last,
      chunk,
      seq(
        set(row0, get(c.x)),
        set(packed, get(c.weights)),
        forRange(
          ky,
          i32.const(0),
          i32.const(shape.kernelHeight),
          1,
          seq(
            inColumns(f.target, column, segment, (vectors, lanes) =>
              seq(
                set(p, get(first)),
                inFours(p, end, (rows) => tile(rows, vectors, lanes)),
              ),
            ),
            increment(row0, rowBytes),
            increment(packed, columnsOf(segment, f.target) * filters * packedRow),
          ),
        ),
      ),
    ),
  );
}

/** The module of a convolution's kernels. */
export function emitConvolution(shape: ConvolutionShape, target: Target): KernelModule<ConvolutionKernel> {
  const module = new KernelModule<ConvolutionKernel>(target);
  const emitters: Record<ConvolutionKernel, (f: FunctionBuilder) => void> = {
    pack: (f) => emitPack(f, shape),
    packTransposed: (f) => emitPackTransposed(f, shape),
    convolve: (f) => emitConvolve(f, shape),
    convolveBack: (f) => emitConvolveBack(f, shape),
    convolveWeights: (f) => emitConvolveWeights(f, shape),
    convolveBias: (f) => emitConvolveBias(f, shape),
  };
  const { height, width, channels, filters, kernelHeight, kernelWidth } = shape;
  const label = `${height}x${width}x${channels} by ${kernelHeight}x${kernelWidth} to ${filters}`;
  for (const name of convolutionKernels) emitters[name](module.kernel(name, `${name} ${label}`));
  return module;
}
