/**
 * Convolutions as matrix products whose rows are never copied together: a patch under the kernel is kernelHeight
 * stretches of neighbouring numbers (channels are innermost), so a table with the place of each output pixel's patch is
 * enough. Weights are packed first. Sizes and strides are constants of the kernels.
 */
import { type ConvolutionShape, convolutionSizes } from "../convolution.js";
import { type Code, forRange, get, increment, seq, set } from "./code.js";
import { type Context, context, inChunks, inColumns, storeRow, unrolled } from "./convolutionTiles.js";
import { emitConvolveBias, emitConvolveWeights } from "./convolutionWeights.js";
import * as i32 from "./i32.js";
import { splat } from "./math.js";
import { type FunctionBuilder, KernelModule, type Local } from "./module.js";
import { columnsOf, packedRowBytes } from "./pack.js";
import { strideOf, type Target, vectorBytes } from "./target.js";
import { inRows, range, tileRows, tilesOf } from "./tiles.js";
import * as vector from "./vector.js";

export const convolutionKernels = ["convolve", "convolveBack", "convolveWeights", "convolveBias"] as const;
export type ConvolutionKernel = (typeof convolutionKernels)[number];

/** A product of a row of numbers for each pixel with packed columns, and where its parts are. */
interface PixelProduct {
  /** Pixels: places of this many, from and to. */
  readonly first: Local;
  readonly end: Local;
  /** Where a pixel's row begins, and where its results go: from a place, by so many bytes of the table. */
  readonly row: { readonly from: Local; readonly word: 0 | 1 };
  readonly result: { readonly from: Local; readonly word: 0 | 1 };
  /** A row: stretches of so many numbers, and bytes from the end of one to the next. */
  readonly stretches: number;
  readonly numbers: number;
  readonly gap: number;
  readonly packed: Local;
  /** Numbers of a result. */
  readonly columns: number;
  /** What is there already is added to; else sums begin with the bias. */
  readonly adds: boolean;
}

/** All rows and columns of it. A chunk of pixels goes through all columns before the next: their rows stay in the nearest cache. */
function pixelProduct(f: FunctionBuilder, c: Context): (product: PixelProduct) => Code {
  const { entryBytes } = c;
  const { wordBytes } = f.target;
  const bytes = vectorBytes(f.target);
  const packedRow = packedRowBytes(f.target);
  const [column, p, entry, pb, stretch, q, po] = f.locals("i32", 7);
  const px = range(tileRows(f.target)).map(() => f.local("i32"));
  const tileOf = tilesOf(f, px.length, 2);
  return ({ first, end, row: source, result, stretches, numbers, gap, packed, columns, adds }) => {
    const unroll = unrolled(numbers);
    const place = ({ from, word }: PixelProduct["row"], row: number): Code =>
      i32.add(get(from), i32.loadPlace(get(entry), row * entryBytes + word * wordBytes));
    return inColumns(f.target, column, columns, (width, lanes) =>
      seq(
        set(p, get(first)),
        inRows(f, p, end, (rows) => {
          const tile = tileOf(rows, width);
          const each = (code: (row: number) => Code) => seq(...range(rows).map(code));
          return seq(
            set(entry, i32.add(get(c.table), i32.mul(get(p), i32.const(entryBytes)))),
            each((row) => set(px[row]!, place(source, row))),
            tile.each((row, v) =>
              set(
                tile.sum(row, v),
                adds ? splat(0) : vector.load(i32.add(get(c.bias), get(column)), v * bytes),
              ),
            ),
            // A column takes as many bytes in a row of the result, and as often as a row has numbers packed.
            set(pb, i32.add(get(packed), i32.mul(get(column), i32.const(stretches * numbers)))),
            forRange(
              stretch,
              i32.const(0),
              i32.const(stretches),
              1,
              seq(
                forRange(
                  q,
                  i32.const(0),
                  i32.const(numbers),
                  unroll,
                  seq(
                    ...range(unroll).map((u) =>
                      tile.add(
                        (row) => vector.loadSplat(get(px[row]!), u * 4),
                        (v) => vector.load(get(pb), u * packedRow + v * bytes),
                      ),
                    ),
                    each((row) => increment(px[row]!, unroll * 4)),
                    increment(pb, unroll * packedRow),
                  ),
                ),
                each((row) => increment(px[row]!, gap)),
              ),
            ),
            each((row) =>
              seq(
                set(po, i32.add(place(result, row), get(column))),
                storeRow(f.target, po, tile, row, lanes, adds),
              ),
            ),
          );
        }),
      ),
    );
  };
}

/** Pixels that go through all columns before the next. */
const chunkOf = (target: Target): number => 8 * tileRows(target);

/** out = bias + x * weight. `from`, `to` count output pixels. */
function emitConvolve(f: FunctionBuilder, shape: ConvolutionShape): void {
  const c = context(f, shape);
  const { segment } = convolutionSizes(shape);
  const [first, end] = f.locals("i32", 2);
  const product = pixelProduct(
    f,
    c,
  )({
    ...{ first, end, row: { from: c.x, word: 0 }, result: { from: c.out, word: 1 } },
    ...{ stretches: shape.kernelHeight, numbers: segment },
    gap: (strideOf(shape.width * shape.channels, f.target) - segment) * 4,
    ...{ packed: c.weights, columns: shape.filters, adds: false },
  });
  f.body = seq(c.setup, inChunks(first, end, get(c.from), c.to, chunkOf(f.target), product));
}

/** dx += d * weight^T, each product where its pixel lies. `from`, `to` count images: patches of one image overlap. */
function emitConvolveBack(f: FunctionBuilder, shape: ConvolutionShape): void {
  const c = context(f, shape);
  const { segment, outHeight, outWidth } = convolutionSizes(shape);
  const pixels = i32.const(outHeight * outWidth);
  const [first, end, last, ky, line, packed] = f.locals("i32", 6);
  // A line of the kernel at a time.
  const product = pixelProduct(
    f,
    c,
  )({
    ...{ first, end, row: { from: c.out, word: 1 }, result: { from: line, word: 0 } },
    ...{ stretches: 1, numbers: shape.filters, gap: 0, packed, columns: segment, adds: true },
  });
  const lines = seq(
    set(line, get(c.x)),
    set(packed, get(c.weights)),
    forRange(
      ky,
      i32.const(0),
      i32.const(shape.kernelHeight),
      1,
      seq(
        product,
        increment(line, strideOf(shape.width * shape.channels, f.target) * 4),
        increment(packed, columnsOf(segment, f.target) * shape.filters * packedRowBytes(f.target)),
      ),
    ),
  );
  f.body = seq(
    c.setup,
    set(last, i32.mul(get(c.to), pixels)),
    inChunks(first, end, i32.mul(get(c.from), pixels), last, chunkOf(f.target), lines),
  );
}

/** The module of a convolution's kernels. */
export function emitConvolution(shape: ConvolutionShape, target: Target): KernelModule<ConvolutionKernel> {
  const module = new KernelModule<ConvolutionKernel>(target);
  const emitters: Record<ConvolutionKernel, (f: FunctionBuilder) => void> = {
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
