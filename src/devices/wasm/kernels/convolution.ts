/**
 * Convolutions as matrix products whose rows are never copied together: a patch under the kernel is kernelHeight
 * stretches of neighbouring numbers (channels are innermost), so a table with the place of each output pixel's patch is
 * enough. Weights are packed into columns of eight, one after the other. Sizes and strides are constants of the kernels.
 *
 * Words of all: x (or its adjoint), out (or its adjoint), packed weights (or the weight's gradient), bias, table, pixels.
 */
import { type ConvolutionShape, convolutionSizes } from "../../convolution.js";
import {
  type Code,
  f32,
  f32x4,
  forRange,
  get,
  i32,
  increment,
  seq,
  set,
  v128,
  when,
  whileLoop,
} from "../emit/code.js";
import { type FunctionBuilder, type Local, ModuleBuilder } from "../emit/module.js";
import { strideOf } from "../layout.js";
import { madd, splat } from "./math.js";

/** Pixels that go through all columns before the next: their patches stay in the nearest cache. */
const forwardChunk = 64;
const weightChunk = 128;
/** Bytes of eight numbers: a row of a packed column. */
const packedRow = 32;
/** A pixel's entry: where its patch begins in x and its numbers in out, in bytes. */
export const tableWords = 2;
const entryBytes = tableWords * 4;

export const convolutionKernels = [
  "pack",
  "packTransposed",
  "convolve",
  "convolveBack",
  "convolveWeights",
  "convolveBias",
] as const;

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const plus = (a: Code, bytes: number): Code => (bytes === 0 ? a : i32.add(a, i32.const(bytes)));
const columnsOf = (numbers: number): number => Math.ceil(numbers / 8);
/** How often a loop over so many numbers is unrolled. */
const unrolled = (count: number): number => [4, 3, 2].find((n) => count % n === 0) ?? 1;

/** Bytes of packed weights for `convolve`, and for `convolveBack`. */
export function packedBytes(shape: ConvolutionShape): { forward: number; back: number } {
  const { fanIn, segment } = convolutionSizes(shape);
  return {
    forward: columnsOf(shape.filters) * fanIn * packedRow,
    back: shape.kernelHeight * columnsOf(segment) * shape.filters * packedRow,
  };
}

interface Context {
  readonly f: FunctionBuilder;
  readonly shape: ConvolutionShape;
  readonly from: Local;
  readonly to: Local;
  /** Loads argument words into locals, once a call. */
  readonly setup: Code;
  readonly x: Local;
  readonly out: Local;
  readonly weights: Local;
  readonly bias: Local;
  readonly table: Local;
  readonly pixels: Local;
}

function context(f: FunctionBuilder, shape: ConvolutionShape): Context {
  const [args, from, to] = f.params as [Local, Local, Local];
  const names = ["x", "out", "weights", "bias", "table", "pixels"] as const;
  const locals = Object.fromEntries(names.map((name) => [name, f.local("i32")])) as Record<
    (typeof names)[number],
    Local
  >;
  const setup = seq(...names.map((name, word) => set(locals[name], i32.load(get(args), word * 4))));
  return { f, shape, from, to, setup, ...locals };
}

/** Runs `body(4)` for units in fours from `i` to `to`, then `body(1)` for the rest. `i` must be set. */
const inFours = (i: Local, to: Local, body: (units: number) => Code): Code =>
  seq(
    whileLoop(i32.le(plus(get(i), 4), get(to)), seq(body(4), increment(i, 4))),
    whileLoop(i32.lt(get(i), get(to)), seq(body(1), increment(i, 1))),
  );

/** Chunks of `size` units of [low, high): sets `first` and `end` and runs the body. */
const inChunks = (first: Local, end: Local, low: Code, high: Local, size: number, body: Code): Code =>
  seq(
    set(first, low),
    whileLoop(
      i32.lt(get(first), get(high)),
      seq(set(end, plus(get(first), size)), set(end, i32.min(end, high)), body, set(first, get(end))),
    ),
  );

/** Columns of eight of `numbers`: whole ones in a loop over `column` (in bytes), then the rest: its vectors and lone lanes. */
function inColumns(column: Local, numbers: number, body: (vectors: number, lanes: number) => Code): Code {
  const whole = Math.floor(numbers / 8);
  const rest = numbers % 8;
  return seq(
    set(column, i32.const(0)),
    whole === 0
      ? []
      : whileLoop(
          i32.lt(get(column), i32.const(whole * packedRow)),
          seq(body(2, 4), increment(column, packedRow)),
        ),
    rest === 0 ? [] : body(Math.ceil(rest / 4), ((rest - 1) % 4) + 1),
  );
}

/** Stores a sum's vectors, the last of them `lanes` wide; with `add`, adds them to what is there. */
function storeVectors(at: Local, sums: readonly Local[], lanes: number, add: boolean): Code {
  return seq(
    ...sums.map((sum, v) => {
      if (v < sums.length - 1 || lanes === 4) {
        const value = add ? f32x4.add(v128.load(get(at), v * 16), get(sum)) : get(sum);
        return v128.store(get(at), value, v * 16);
      }
      return seq(
        ...range(lanes).map((lane) => {
          const offset = v * 16 + lane * 4;
          const value = f32x4.extract(lane)(get(sum));
          return f32.store(get(at), add ? f32.add(f32.load(get(at), offset), value) : value, offset);
        }),
      );
    }),
  );
}

/** out = bias + x * weight. `from`, `to` count output pixels. */
function emitConvolve(f: FunctionBuilder, shape: ConvolutionShape): void {
  const c = context(f, shape);
  const { segment, fanIn } = convolutionSizes(shape);
  const rowBytes = strideOf(shape.width * shape.channels) * 4;
  const [first, end, column, p, entry, pb, ky, q, po] = range(9).map(() => f.local("i32")) as Local[];
  const px = range(4).map(() => f.local("i32"));
  const sums = range(8).map(() => f.local("v128"));
  const vectors = range(2).map(() => f.local("v128"));
  const a = f.local("v128");
  const unroll = unrolled(segment);
  const tile = (rows: number, width: number, lanes: number): Code => {
    const sum = (row: number, v: number) => sums[row * 2 + v]!;
    const step = (u: number) =>
      seq(
        ...range(width).map((v) => set(vectors[v]!, v128.load(get(pb!), u * packedRow + v * 16))),
        ...range(rows).map((row) =>
          seq(
            set(a, v128.loadSplat(get(px[row]!), u * 4)),
            ...range(width).map((v) => set(sum(row, v), madd(get(a), get(vectors[v]!), get(sum(row, v))))),
          ),
        ),
      );
    return seq(
      set(entry!, i32.add(get(c.table), i32.mul(get(p!), i32.const(entryBytes)))),
      ...range(rows).map((row) => set(px[row]!, i32.add(get(c.x), i32.load(get(entry!), row * entryBytes)))),
      ...range(width).flatMap((v) =>
        range(rows).map((row) => set(sum(row, v), v128.load(i32.add(get(c.bias), get(column!)), v * 16))),
      ),
      // A column of eight takes 32 bytes in a row of out, and fanIn times as many packed.
      set(pb!, i32.add(get(c.weights), i32.mul(get(column!), i32.const(fanIn)))),
      forRange(
        ky!,
        i32.const(0),
        i32.const(shape.kernelHeight),
        1,
        seq(
          forRange(
            q!,
            i32.const(0),
            i32.const(segment),
            unroll,
            seq(
              ...range(unroll).map(step),
              ...range(rows).map((row) => increment(px[row]!, unroll * 4)),
              increment(pb!, unroll * packedRow),
            ),
          ),
          ...range(rows).map((row) => increment(px[row]!, rowBytes - segment * 4)),
        ),
      ),
      ...range(rows).map((row) =>
        seq(
          set(po!, i32.add(i32.add(get(c.out), get(column!)), i32.load(get(entry!), row * entryBytes + 4))),
          storeVectors(
            po!,
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
      first!,
      end!,
      get(c.from),
      c.to,
      forwardChunk,
      inColumns(column!, shape.filters, (vectors, lanes) =>
        seq(
          set(p!, get(first!)),
          inFours(p!, end!, (rows) => tile(rows, vectors, lanes)),
        ),
      ),
    ),
  );
}

/** dx += d * weight^T, each product where its pixel lies. `from`, `to` count images: patches of one image overlap. */
function emitConvolveBack(f: FunctionBuilder, shape: ConvolutionShape): void {
  const c = context(f, shape);
  const { segment, outHeight, outWidth } = convolutionSizes(shape);
  const { filters } = shape;
  const rowBytes = strideOf(shape.width * shape.channels) * 4;
  const pixels = outHeight * outWidth;
  const [first, end, last, column, p, entry, pb, ky, o, po, row0, packed] = range(12).map(() =>
    f.local("i32"),
  ) as Local[];
  const pd = range(4).map(() => f.local("i32"));
  const sums = range(8).map(() => f.local("v128"));
  const vectors = range(2).map(() => f.local("v128"));
  const a = f.local("v128");
  const unroll = unrolled(filters);
  const tile = (rows: number, width: number, lanes: number): Code => {
    const sum = (row: number, v: number) => sums[row * 2 + v]!;
    const step = (u: number) =>
      seq(
        ...range(width).map((v) => set(vectors[v]!, v128.load(get(pb!), u * packedRow + v * 16))),
        ...range(rows).map((row) =>
          seq(
            set(a, v128.loadSplat(get(pd[row]!), u * 4)),
            ...range(width).map((v) => set(sum(row, v), madd(get(a), get(vectors[v]!), get(sum(row, v))))),
          ),
        ),
      );
    return seq(
      set(entry!, i32.add(get(c.table), i32.mul(get(p!), i32.const(entryBytes)))),
      ...range(rows).map((row) =>
        set(pd[row]!, i32.add(get(c.out), i32.load(get(entry!), row * entryBytes + 4))),
      ),
      ...range(width).flatMap((v) => range(rows).map((row) => set(sum(row, v), splat(0)))),
      set(pb!, i32.add(get(packed!), i32.mul(get(column!), i32.const(filters)))),
      forRange(
        o!,
        i32.const(0),
        i32.const(filters),
        unroll,
        seq(
          ...range(unroll).map(step),
          ...range(rows).map((row) => increment(pd[row]!, unroll * 4)),
          increment(pb!, unroll * packedRow),
        ),
      ),
      ...range(rows).map((row) =>
        seq(
          set(po!, i32.add(i32.add(get(row0!), get(column!)), i32.load(get(entry!), row * entryBytes))),
          storeVectors(
            po!,
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
    set(last!, i32.mul(get(c.to), i32.const(pixels))),
    inChunks(
      first!,
      end!,
      i32.mul(get(c.from), i32.const(pixels)),
      last!,
      forwardChunk,
      seq(
        set(row0!, get(c.x)),
        set(packed!, get(c.weights)),
        forRange(
          ky!,
          i32.const(0),
          i32.const(shape.kernelHeight),
          1,
          seq(
            inColumns(column!, segment, (vectors, lanes) =>
              seq(
                set(p!, get(first!)),
                inFours(p!, end!, (rows) => tile(rows, vectors, lanes)),
              ),
            ),
            increment(row0!, rowBytes),
            increment(packed!, columnsOf(segment) * filters * packedRow),
          ),
        ),
      ),
    ),
  );
}

/** dWeight += x^T d over all pixels. `from`, `to` count rows of the weight. */
function emitConvolveWeights(f: FunctionBuilder, shape: ConvolutionShape): void {
  const c = context(f, shape);
  const { segment } = convolutionSizes(shape);
  const { filters } = shape;
  const rowBytes = strideOf(shape.width * shape.channels) * 4;
  const outBytes = strideOf(filters) * 4;
  const [first, end, zero, column, k, entry, stop, px, pd, po, db] = range(11).map(() =>
    f.local("i32"),
  ) as Local[];
  // Where a row of the weight lies in a patch; within fours of a segment, one after the other.
  const together = segment % 4 === 0;
  const places = range(together ? 1 : 4).map(() => f.local("i32"));
  const sums = range(8).map(() => f.local("v128"));
  const vectors = range(2).map(() => f.local("v128"));
  const a = f.local("v128");
  const xAt = (row: number): Code =>
    together ? v128.loadSplat(get(px!), row * 4) : v128.loadSplat(i32.add(get(px!), get(places[row]!)));
  const placeOf = (index: Code): Code =>
    i32.add(
      i32.mul(i32.divU(index, i32.const(segment)), i32.const(rowBytes - segment * 4)),
      i32.shl(index, i32.const(2)),
    );
  const tile = (rows: number, width: number, lanes: number): Code => {
    const sum = (row: number, v: number) => sums[row * 2 + v]!;
    const each = (code: (row: number, v: number) => Code) =>
      seq(...range(rows).flatMap((row) => range(width).map((v) => code(row, v))));
    const masked = (v: number, vector: Code): Code =>
      v < width - 1 || lanes === 4
        ? vector
        : v128.and(
            vector,
            v128.constI32(range(4).map((i) => (i < lanes ? -1 : 0)) as [number, number, number, number]),
          );
    return seq(
      set(po!, i32.add(i32.add(get(c.weights), i32.mul(get(k!), i32.const(outBytes))), get(column!))),
      set(db!, i32.add(get(c.out), get(column!))),
      each((row, v) => set(sum(row, v), v128.load(get(po!), row * outBytes + v * 16))),
      forRange(
        entry!,
        i32.add(get(c.table), i32.mul(get(first!), i32.const(entryBytes))),
        get(stop!),
        entryBytes,
        seq(
          set(px!, i32.add(together ? get(places[0]!) : get(c.x), i32.load(get(entry!)))),
          set(pd!, i32.add(get(db!), i32.load(get(entry!), 4))),
          ...range(width).map((v) => set(vectors[v]!, masked(v, v128.load(get(pd!), v * 16)))),
          ...range(rows).map((row) =>
            seq(
              set(a, xAt(row)),
              ...range(width).map((v) => set(sum(row, v), madd(get(a), get(vectors[v]!), get(sum(row, v))))),
            ),
          ),
        ),
      ),
      each((row, v) => v128.store(get(po!), get(sum(row, v)), row * outBytes + v * 16)),
    );
  };
  f.body = seq(
    c.setup,
    inChunks(
      first!,
      end!,
      get(zero!),
      c.pixels,
      weightChunk,
      seq(
        set(stop!, i32.add(get(c.table), i32.mul(get(end!), i32.const(entryBytes)))),
        set(k!, get(c.from)),
        inFours(k!, c.to, (rows) =>
          seq(
            together
              ? set(places[0]!, i32.add(get(c.x), placeOf(get(k!))))
              : seq(...range(rows).map((row) => set(places[row]!, placeOf(plus(get(k!), row))))),
            inColumns(column!, filters, (vectors, lanes) => tile(rows, vectors, lanes)),
          ),
        ),
      ),
    ),
  );
}

/** dBias += the sum of d over all pixels. `from`, `to` count vectors of the bias. */
function emitConvolveBias(f: FunctionBuilder, shape: ConvolutionShape): void {
  const { filters } = shape;
  const c = context(f, shape);
  const [v0, entry, stop, pd, po] = range(5).map(() => f.local("i32")) as Local[];
  const sums = range(4).map(() => f.local("v128"));
  const inRest = range(4).map((lane) => (lane < filters % 4 ? -1 : 0)) as [number, number, number, number];
  f.body = seq(
    c.setup,
    set(stop!, i32.add(get(c.table), i32.mul(get(c.pixels), i32.const(entryBytes)))),
    set(v0!, get(c.from)),
    inFours(v0!, c.to, (vectors) =>
      seq(
        set(po!, i32.add(get(c.bias), i32.shl(get(v0!), i32.const(4)))),
        ...range(vectors).map((v) => set(sums[v]!, v128.load(get(po!), v * 16))),
        forRange(
          entry!,
          get(c.table),
          get(stop!),
          entryBytes,
          seq(
            set(pd!, i32.add(i32.add(get(c.out), i32.shl(get(v0!), i32.const(4))), i32.load(get(entry!), 4))),
            ...range(vectors).map((v) =>
              set(sums[v]!, f32x4.add(get(sums[v]!), v128.load(get(pd!), v * 16))),
            ),
          ),
        ),
        ...range(vectors).map((v) => v128.store(get(po!), get(sums[v]!), v * 16)),
      ),
    ),
    // What lies behind the last filter is the next pixel's: the padding of a gradient stays zero.
    filters % 4 === 0
      ? []
      : seq(
          set(po!, i32.add(get(c.bias), i32.const(Math.floor(filters / 4) * 16))),
          v128.store(get(po!), v128.and(v128.load(get(po!)), v128.constI32(inRest))),
        ),
  );
}

/** Words: packed, weight. Copies columns of eight `from` to `to` of the weight. */
function emitPack(f: FunctionBuilder, shape: ConvolutionShape): void {
  const [args, from, to] = f.params as [Local, Local, Local];
  const { fanIn } = convolutionSizes(shape);
  const [column, k, source, target] = range(4).map(() => f.local("i32")) as Local[];
  f.body = forRange(
    column!,
    get(from),
    get(to),
    1,
    seq(
      set(target!, i32.add(i32.load(get(args)), i32.mul(get(column!), i32.const(fanIn * packedRow)))),
      set(source!, i32.add(i32.load(get(args), 4), i32.mul(get(column!), i32.const(packedRow)))),
      forRange(
        k!,
        i32.const(0),
        i32.const(fanIn),
        1,
        seq(
          ...range(2).map((v) => v128.store(get(target!), v128.load(get(source!), v * 16), v * 16)),
          increment(target!, packedRow),
          increment(source!, strideOf(shape.filters) * 4),
        ),
      ),
    ),
  );
}

/** Words: packed, weight. Copies the transpose: eight rows of one kernel row at a time, `from` to `to` of all of them. */
function emitPackTransposed(f: FunctionBuilder, shape: ConvolutionShape): void {
  const [args, from, to] = f.params as [Local, Local, Local];
  const { segment } = convolutionSizes(shape);
  const { filters } = shape;
  const columns = columnsOf(segment);
  const wStride = strideOf(filters) * 4;
  const rest = segment % 8;
  const [unit, o, source, target, ky] = range(5).map(() => f.local("i32")) as Local[];
  const copyRows = (rows: number): Code =>
    forRange(
      o!,
      i32.const(0),
      i32.const(filters),
      1,
      seq(
        ...range(rows).map((row) => f32.store(get(target!), f32.load(get(source!), row * wStride), row * 4)),
        increment(target!, packedRow),
        increment(source!, 4),
      ),
    );
  f.body = forRange(
    unit!,
    get(from),
    get(to),
    1,
    seq(
      set(ky!, i32.divU(get(unit!), i32.const(columns))),
      set(target!, i32.add(i32.load(get(args)), i32.mul(get(unit!), i32.const(filters * packedRow)))),
      // Row ky * segment + 8 * (unit - ky * columns) of the weight.
      set(
        source!,
        i32.add(
          i32.load(get(args), 4),
          i32.mul(
            i32.add(i32.shl(get(unit!), i32.const(3)), i32.mul(get(ky!), i32.const(segment - 8 * columns))),
            i32.const(wStride),
          ),
        ),
      ),
      rest === 0
        ? copyRows(8)
        : when(
            i32.eq(i32.sub(get(unit!), i32.mul(get(ky!), i32.const(columns))), i32.const(columns - 1)),
            copyRows(rest),
            copyRows(8),
          ),
    ),
  );
}

/** The module of a convolution's kernels. */
export function emitConvolution(shape: ConvolutionShape, shared: boolean): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder(shared);
  const emitters: Record<(typeof convolutionKernels)[number], (f: FunctionBuilder) => void> = {
    pack: (f) => emitPack(f, shape),
    packTransposed: (f) => emitPackTransposed(f, shape),
    convolve: (f) => emitConvolve(f, shape),
    convolveBack: (f) => emitConvolveBack(f, shape),
    convolveWeights: (f) => emitConvolveWeights(f, shape),
    convolveBias: (f) => emitConvolveBias(f, shape),
  };
  for (const name of convolutionKernels) emitters[name](module.kernel(name));
  return module.encode();
}
