/** Matrix products: register tiles of a few rows and vectors; sums run in one fixed order. */
import {
  type Code,
  f32,
  f32x4,
  forRange,
  get,
  horizontalSum,
  i32,
  increment,
  seq,
  set,
  v128,
  when,
  whileLoop,
} from "../emit/code.js";
import { type FunctionBuilder, type Local, ModuleBuilder } from "../emit/module.js";
import { madd, splat } from "./math.js";

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
/** Loads the first argument words into locals, once a call. */
function words(f: FunctionBuilder, count: number): { setup: Code; word: (index: number) => Code } {
  const locals = range(count).map(() => f.local("i32"));
  const setup = seq(...locals.map((local, index) => set(local, i32.load(get(f.params[0]!), index * 4))));
  return { setup, word: (index) => get(locals[index]!) };
}

/** Runs `body(size)` for tiles of `size` units from `i` to `to`, then `body(1)` for the rest. `i` must be set. */
function tiles(i: Local, to: Code, size: number, step: number, body: (size: number) => Code): Code {
  const fits = i32.le(i32.add(get(i), i32.const(size * step)), to);
  return seq(
    whileLoop(fits, seq(body(size), increment(i, size * step))),
    size > 1 ? whileLoop(i32.lt(get(i), to), seq(body(1), increment(i, step))) : [],
  );
}

/**
 * out[r, :] (+)= a[r, :] @ b. Words: out, a, b, their strides (bytes), K, bytes of a row of out in whole vectors, accumulate.
 * `from`, `to` count rows of out. Padded columns stay zero because b's are.
 */
function emitMatmul(f: FunctionBuilder): void {
  const [, from, to] = f.params as [Local, Local, Local];
  const { setup, word } = words(f, 9);
  const [r, column, k, pb, pa] = range(5).map(() => f.local("i32")) as [Local, Local, Local, Local, Local];
  const offsets = range(4).map(() => f.local("i32"));
  const sums = range(8).map(() => f.local("v128"));
  const x = f.local("v128");
  const vectors = range(2).map(() => f.local("v128"));
  const tile = (rows: number, width: number): Code => {
    const sum = (row: number, v: number) => sums[row * 2 + v]!;
    const outAt = (row: number) =>
      i32.add(i32.add(word(0), i32.mul(i32.add(get(r), i32.const(row)), word(3))), get(column));
    return seq(
      ...range(rows).flatMap((row) => range(width).map((v) => set(sum(row, v), splat(0)))),
      set(pa, i32.add(word(1), i32.mul(get(r), word(4)))),
      set(pb, i32.add(word(2), get(column))),
      forRange(
        k,
        i32.const(0),
        word(6),
        1,
        seq(
          ...range(width).map((v) => set(vectors[v]!, v128.load(get(pb), v * 16))),
          ...range(rows).map((row) =>
            seq(
              set(x, v128.loadSplat(i32.add(get(pa), row === 0 ? i32.const(0) : get(offsets[row]!)))),
              ...range(width).map((v) => set(sum(row, v), madd(get(x), get(vectors[v]!), get(sum(row, v))))),
            ),
          ),
          increment(pa, 4),
          set(pb, i32.add(get(pb), word(5))),
        ),
      ),
      ...range(rows).map((row) =>
        seq(
          set(pb, outAt(row)),
          ...range(width).map((v) =>
            seq(
              when(word(8), set(sum(row, v), f32x4.add(get(sum(row, v)), v128.load(get(pb), v * 16)))),
              v128.store(get(pb), get(sum(row, v)), v * 16),
            ),
          ),
        ),
      ),
    );
  };
  f.body = seq(
    setup,
    ...range(4).map((row) => set(offsets[row]!, i32.mul(i32.const(row), word(4)))),
    set(r, get(from)),
    tiles(r, get(to), 4, 1, (rows) =>
      seq(
        set(column, i32.const(0)),
        tiles(column, word(7), 2, 16, (width) => tile(rows, width)),
      ),
    ),
  );
}

/**
 * out[r, c] (+)= a[r, :] . b[c, :]. Words: out, a, b, their strides, bytes of a row of a in whole vectors, columns of
 * out, accumulate. Padding is zero in a and b, so whole vectors may be multiplied.
 */
function emitMatmulTransposed(f: FunctionBuilder): void {
  const [, from, to] = f.params as [Local, Local, Local];
  const { setup, word } = words(f, 9);
  const [r, c, k, pa, pb, po] = range(6).map(() => f.local("i32")) as [
    Local,
    Local,
    Local,
    Local,
    Local,
    Local,
  ];
  const sums = range(8).map(() => f.local("v128"));
  const bs = range(4).map(() => f.local("v128"));
  const a = f.local("v128");
  const tile = (rows: number, width: number): Code => {
    const sum = (row: number, v: number) => sums[row * 4 + v]!;
    const step = (base: Local, stride: number, n: number): Code =>
      n === 0 ? get(base) : i32.add(get(base), i32.mul(i32.const(n), word(stride)));
    return seq(
      ...range(rows).flatMap((row) => range(width).map((v) => set(sum(row, v), splat(0)))),
      set(pa, i32.add(word(1), i32.mul(get(r), word(4)))),
      set(pb, i32.add(word(2), i32.mul(get(c), word(5)))),
      forRange(
        k,
        i32.const(0),
        word(6),
        16,
        seq(
          ...range(width).map((v) => set(bs[v]!, v128.load(step(pb, 5, v)))),
          ...range(rows).map((row) =>
            seq(
              set(a, v128.load(step(pa, 4, row))),
              ...range(width).map((v) => set(sum(row, v), madd(get(a), get(bs[v]!), get(sum(row, v))))),
            ),
          ),
          increment(pa, 16),
          increment(pb, 16),
        ),
      ),
      set(po, i32.add(i32.add(word(0), i32.mul(get(r), word(3))), i32.shl(get(c), i32.const(2)))),
      ...range(rows).flatMap((row) =>
        range(width).map((v) => {
          const place = step(po, 3, row);
          const value = horizontalSum(sum(row, v));
          return when(
            word(8),
            f32.store(place, f32.add(f32.load(place, v * 4), value), v * 4),
            f32.store(place, value, v * 4),
          );
        }),
      ),
    );
  };
  f.body = seq(
    setup,
    set(r, get(from)),
    tiles(r, get(to), 2, 1, (rows) =>
      seq(
        set(c, i32.const(0)),
        tiles(c, word(7), 4, 1, (width) => tile(rows, width)),
      ),
    ),
  );
}

/** Pairs taken at once, so that their rows stay in the cache while all of out passes. */
const chunk = 128;

/**
 * out[i, :] += sum over pairs p of x_p[i] * d_p. Words: out, stride of out, table of (address of x, address of d), pairs,
 * bytes of a row of out in whole vectors. `from`, `to` count rows of out.
 */
function emitOuterSum(f: FunctionBuilder): void {
  const [, from, to] = f.params as [Local, Local, Local];
  const { setup, word } = words(f, 9);
  const [i, column, entry, end, first, stop, px, pd, po] = range(9).map(() => f.local("i32")) as Local[] as [
    Local,
    Local,
    Local,
    Local,
    Local,
    Local,
    Local,
    Local,
    Local,
  ];
  const sums = range(8).map(() => f.local("v128"));
  const vectors = range(2).map(() => f.local("v128"));
  const x = f.local("v128");
  const tile = (rows: number, width: number): Code => {
    const sum = (row: number, v: number) => sums[row * 2 + v]!;
    const at = (row: number) => i32.add(get(po), i32.mul(i32.const(row), word(1)));
    const each = (code: (row: number, v: number) => Code) =>
      seq(...range(rows).flatMap((row) => range(width).map((v) => code(row, v))));
    return seq(
      set(po, i32.add(i32.add(word(0), i32.mul(get(i), word(1))), get(column))),
      each((row, v) => set(sum(row, v), v128.load(at(row), v * 16))),
      forRange(
        entry,
        get(first),
        get(end),
        8,
        seq(
          set(px, i32.add(i32.load(get(entry)), i32.shl(get(i), i32.const(2)))),
          set(pd, i32.add(i32.load(get(entry), 4), get(column))),
          ...range(width).map((v) => set(vectors[v]!, v128.load(get(pd), v * 16))),
          ...range(rows).map((row) =>
            seq(
              set(x, v128.loadSplat(get(px), row * 4)),
              ...range(width).map((v) => set(sum(row, v), madd(get(x), get(vectors[v]!), get(sum(row, v))))),
            ),
          ),
        ),
      ),
      each((row, v) => v128.store(at(row), get(sum(row, v)), v * 16)),
    );
  };
  f.body = seq(
    setup,
    set(first, word(2)),
    set(stop, i32.add(get(first), i32.shl(word(3), i32.const(3)))),
    whileLoop(
      i32.lt(get(first), get(stop)),
      seq(
        set(end, i32.add(get(first), i32.const(chunk * 8))),
        set(end, i32.min(end, stop)),
        set(i, get(from)),
        tiles(i, get(to), 4, 1, (rows) =>
          seq(
            set(column, i32.const(0)),
            tiles(column, word(4), 2, 16, (width) => tile(rows, width)),
          ),
        ),
        set(first, get(end)),
      ),
    ),
  );
}

/** The module of matrix products. */
export function emitProducts(shared: boolean): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder(shared);
  emitMatmul(module.kernel("matmul"));
  emitMatmulTransposed(module.kernel("matmulTransposed"));
  emitOuterSum(module.kernel("outerSum"));
  return module.encode();
}
