import { type Code, forRange, get, increment, memoryCopy, seq, set } from "../devices/loops/code.js";
import * as i32 from "../devices/loops/i32.js";
import type { VectorMath } from "../devices/loops/math.js";
import type { FunctionBuilder, Local } from "../devices/loops/module.js";
import { everyRow } from "../devices/loops/plainRows.js";
import { type ConvolveOperation, placesOf } from "../models/index.js";
import { nonplastic } from "../rules/none.js";
import type { Place } from "./layout.js";
import { readPass } from "./passes.js";

/**
 * to = bias + the convolution of from. A row of the patch under the kernel is a vector, whose product with as many rows of the
 * weight is added to one place of the result after the other. Where the filters fill no whole vector, the last one is written
 * over the beginning of the next place, which is then written itself.
 */
export function convolve(
  f: FunctionBuilder,
  math: VectorMath,
  room: Local,
  shape: ConvolveOperation["shape"],
  places: { readonly from: Place; readonly to: Place; readonly weight: Place; readonly bias: Place },
): Code {
  const { width, channels, kernelHeight, kernelWidth, stride, filters } = shape;
  const { from, to, weight, bias } = places;
  const { down, across } = placesOf(shape);
  const segment = kernelWidth * channels;
  const [y, x, ky, read, patch, row, written] = f.locals("i32", 7);
  const product = readPass({ rule: nonplastic, pre: segment, post: filters }, true);
  const starts = { x: get(patch), "param:w": get(row), z: get(written) };
  const place = seq(
    memoryCopy(get(written), i32.const(bias.at), i32.const(16 * Math.ceil(filters / 4))),
    set(patch, get(read)),
    set(row, i32.const(weight.at)),
    forRange(
      ky,
      i32.const(0),
      i32.const(kernelHeight),
      1,
      seq(
        everyRow(f, math, product, starts, 4),
        increment(patch, 4 * width * channels),
        increment(row, segment * weight.stride),
      ),
    ),
    increment(read, 4 * stride * channels),
    increment(written, 4 * filters),
  );
  const rowOfPlaces = seq(
    set(read, i32.add(get(room), i32.const(from.at))),
    set(read, i32.add(get(read), i32.mul(get(y), i32.const(4 * stride * width * channels)))),
    forRange(x, i32.const(0), i32.const(across), 1, place),
  );
  return seq(
    set(written, i32.add(get(room), i32.const(to.at))),
    forRange(y, i32.const(0), i32.const(down), 1, rowOfPlaces),
  );
}
