/** How matrix products walk through their result: tiles that stay in registers. */
import { type Code, get, increment, seq, set, when, whileLoop } from "./code.js";
import * as i32 from "./i32.js";
import type { FunctionBuilder, Local } from "./module.js";
import { vectorBytes } from "./target.js";

export const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
/** Bytes of so many vectors. */
export const vectorsIn = ({ target }: FunctionBuilder, vectors: Code): Code =>
  i32.shl(vectors, i32.const(Math.log2(vectorBytes(target))));

/**
 * Runs `body(size)` for tiles from `i` to `to`: as many as fit of the first size, then of the next; the last size is 1.
 * `i` must be set.
 */
export function tiles(
  i: Local,
  to: Code,
  sizes: readonly number[],
  step: number,
  body: (size: number) => Code,
): Code {
  return seq(
    ...sizes.map((size) =>
      whileLoop(
        i32.le(i32.add(get(i), i32.const(size * step)), to),
        seq(body(size), increment(i, size * step)),
      ),
    ),
  );
}

/**
 * The part of out that a call of `matmul` or `matmulTransposed` computes: `from` to `to` count its rows, or, where the word
 * `byColumns` is set, units of its columns.
 */
export function region(f: FunctionBuilder, columns: Code, byColumns: Code, rows: Code, unit: number) {
  const [, from, to] = f.params as [Local, Local, Local];
  const [firstRow, lastRow, firstColumn, lastColumn] = f.locals("i32", 4);
  const setup = when(
    byColumns,
    seq(
      set(lastRow, rows),
      set(firstColumn, i32.mul(get(from), i32.const(unit))),
      set(lastColumn, i32.mul(get(to), i32.const(unit))),
    ),
    seq(set(firstRow, get(from)), set(lastRow, get(to)), set(lastColumn, columns)),
  );
  return { setup, firstRow, lastRow, firstColumn, lastColumn };
}
