import { type Code, forRange, get, increment, nothing, seq, set, whileLoop } from "../devices/loops/code.js";
import * as i32 from "../devices/loops/i32.js";
import type { FunctionBuilder, Local } from "../devices/loops/module.js";
import * as vector from "../devices/loops/vector.js";
import { type ConvolveOperation, placesOf } from "../models/index.js";
import type { Place } from "./layout.js";

/** Vectors of four filters that are summed up side by side: as many registers. */
const BLOCK = 4;

/**
 * to = bias + the convolution of from. Places and filters one after another, each with its sum in a register. Where the
 * filters fill no whole vector, one is written over the beginning of the next place, which is then written itself.
 */
export function convolve(
  f: FunctionBuilder,
  room: Local,
  shape: ConvolveOperation["shape"],
  places: { readonly from: Place; readonly to: Place; readonly weight: Place; readonly bias: Place },
): Code {
  const { width, channels, kernelHeight, kernelWidth, stride, filters } = shape;
  const { from, to, weight, bias } = places;
  const { down, across } = placesOf(shape);
  const segment = kernelWidth * channels;
  const [y, x, read, written, column, input, row, ky, kx] = f.locals("i32", 9);
  const value = f.local("vector");

  /** So many vectors of filters, from `column` on (in bytes). */
  const vectors = (count: number): Code => {
    const sums: readonly Local[] = f.locals("vector", count);
    const weightsAt = (k: number) => vector.load(get(row), 16 * k);
    return seq(
      ...sums.map((sum, k) => set(sum, vector.load(i32.add(i32.const(bias.at), get(column)), 16 * k))),
      set(input, get(read)),
      set(row, i32.add(i32.const(weight.at), get(column))),
      forRange(
        ky,
        i32.const(0),
        i32.const(kernelHeight),
        1,
        seq(
          forRange(
            kx,
            i32.const(0),
            i32.const(segment),
            1,
            seq(
              set(value, vector.loadSplat(get(input))),
              ...sums.map((sum, k) => set(sum, vector.add(get(sum), vector.mul(get(value), weightsAt(k))))),
              increment(input, 4),
              increment(row, weight.stride),
            ),
          ),
          increment(input, 4 * (width * channels - segment)),
        ),
      ),
      ...sums.map((sum, k) => vector.store(i32.add(get(written), get(column)), get(sum), 16 * k)),
    );
  };

  const all = 16 * Math.ceil(filters / 4);
  const inBlocks = all - (all % (16 * BLOCK));
  const place = seq(
    set(read, i32.add(get(room), i32.const(from.at))),
    set(read, i32.add(get(read), i32.mul(get(y), i32.const(4 * stride * width * channels)))),
    set(read, i32.add(get(read), i32.mul(get(x), i32.const(4 * stride * channels)))),
    inBlocks > 0
      ? forRange(column, i32.const(0), i32.const(inBlocks), 16 * BLOCK, vectors(BLOCK))
      : set(column, i32.const(0)),
    all > inBlocks
      ? whileLoop(i32.lt(get(column), i32.const(all)), seq(vectors(1), increment(column, 16)))
      : nothing,
    increment(written, 4 * filters),
  );
  return seq(
    set(written, i32.add(get(room), i32.const(to.at))),
    forRange(y, i32.const(0), i32.const(down), 1, forRange(x, i32.const(0), i32.const(across), 1, place)),
  );
}
