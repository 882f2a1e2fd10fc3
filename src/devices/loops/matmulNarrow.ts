/** a @ b where the result is narrow; sums run in one fixed order. */
import { Arguments } from "./arguments.js";
import { type Code, forRange, get, increment, seq, set, when } from "./code.js";
import * as i32 from "./i32.js";
import { splat } from "./math.js";
import type { FunctionBuilder, Local } from "./module.js";
import { vectorBytes } from "./target.js";
import { range, tiles } from "./tiles.js";
import * as vector from "./vector.js";

/** A result of at most so many vectors a row is narrow: what networks have as outputs, or as a few modulators. */
export const narrowVectors = 2;

/**
 * Terms that are summed side by side. A sum waits for the one before it, some four cycles; a row of a wide result has other
 * columns to go on with in the meantime, a row of one or two vectors has not.
 */
const strands = 4;

export const matmulNarrowArguments = new Arguments({
  ...{ out: "place", a: "place", b: "place", outStride: "place", aStride: "place", bStride: "place" },
  /** Rows of b; bytes of a row of out in whole vectors. */
  ...{ inner: "place", columns: "place", accumulate: "place" },
});

/**
 * out[r, :] (+)= a[r, :] @ b; `from`, `to` count rows of out. Every row is summed by itself and in the same way, so that no bit
 * depends on how many of them come together.
 */
export function emitMatmulNarrow(f: FunctionBuilder): void {
  const [, from, to] = f.params as [Local, Local, Local];
  const bytes = vectorBytes(f.target);
  const words = matmulNarrowArguments.load(f);
  const [r, column, k, pa, pb, po] = f.locals("i32", 6);
  const factor = f.local("vector");
  const all = range(strands).map(() => range(narrowVectors).map(() => f.local("vector")));
  const product = (width: number): Code => {
    const sums = all.map((strand) => strand.slice(0, width));
    const each = (body: (v: number) => Code): Code => seq(...range(width).map(body));
    /** The terms of so many rows of b, one for each strand. */
    const terms = (count: number): Code =>
      seq(
        ...range(count).map((s) =>
          seq(
            set(factor, vector.loadSplat(get(pa), 4 * s)),
            each((v) => {
              const sum = sums[s]![v]!;
              return set(sum, vector.madd(get(factor), vector.load(get(pb), v * bytes), get(sum)));
            }),
            set(pb, i32.add(get(pb), words.bStride)),
          ),
        ),
        increment(pa, 4 * count),
      );
    const add = (to: Local, from: Local): Code => set(to, vector.add(get(to), get(from)));
    return seq(
      ...sums.flat().map((sum) => set(sum, splat(0))),
      set(pa, i32.add(words.a, i32.mul(get(r), words.aStride))),
      set(pb, i32.add(words.b, get(column))),
      set(k, i32.const(0)),
      tiles(k, words.inner, [strands, 1], 1, terms),
      set(po, i32.add(i32.add(words.out, i32.mul(get(r), words.outStride)), get(column))),
      each((v) => {
        const [first, second, third, fourth] = sums.map((strand) => strand[v]!) as [
          Local,
          Local,
          Local,
          Local,
        ];
        return seq(
          add(first, second),
          add(third, fourth),
          add(first, third),
          when(words.accumulate, set(first, vector.add(vector.load(get(po), v * bytes), get(first)))),
          vector.store(get(po), get(first), v * bytes),
        );
      }),
    );
  };
  f.body = seq(
    words.setup,
    forRange(
      r,
      get(from),
      get(to),
      1,
      seq(set(column, i32.const(0)), tiles(column, words.columns, [narrowVectors, 1], bytes, product)),
    ),
  );
}
