/** Packs the weights of a convolution into columns of two vectors, one after the other. Words: packed, weight. */
import { type ConvolutionShape, convolutionSizes } from "../convolution.js";
import { type Code, forRange, get, increment, seq, set, when } from "./code.js";
import { columnsOf, columnWidth, packArguments, packedRowBytes } from "./convolutionTiles.js";
import * as f32 from "./f32.js";
import * as i32 from "./i32.js";
import type { FunctionBuilder, Local } from "./module.js";
import { strideOf, vectorBytes } from "./target.js";
import { range } from "./tiles.js";
import * as vector from "./vector.js";

/** Copies columns `from` to `to` of the weight. */
export function emitPack(f: FunctionBuilder, shape: ConvolutionShape): void {
  const [, from, to] = f.params as [Local, Local, Local];
  const packedRow = packedRowBytes(f.target);
  const { fanIn } = convolutionSizes(shape);
  const bytes = vectorBytes(f.target);
  const [column, k, source, target] = f.locals("i32", 4);
  f.body = forRange(
    column,
    get(from),
    get(to),
    1,
    seq(
      set(target, i32.add(packArguments.read("packed"), i32.mul(get(column), i32.const(fanIn * packedRow)))),
      set(source, i32.add(packArguments.read("weight"), i32.mul(get(column), i32.const(packedRow)))),
      forRange(
        k,
        i32.const(0),
        i32.const(fanIn),
        1,
        seq(
          ...range(2).map((v) => vector.store(get(target), vector.load(get(source), v * bytes), v * bytes)),
          increment(target, packedRow),
          increment(source, strideOf(shape.filters, f.target) * 4),
        ),
      ),
    ),
  );
}

/** Copies the transpose: a column's rows of one kernel row at a time, `from` to `to` of all of them. */
export function emitPackTransposed(f: FunctionBuilder, shape: ConvolutionShape): void {
  const [, from, to] = f.params as [Local, Local, Local];
  const packedRow = packedRowBytes(f.target);
  const { segment } = convolutionSizes(shape);
  const { filters } = shape;
  const columns = columnsOf(segment, f.target);
  const width = columnWidth(f.target);
  const wStride = strideOf(filters, f.target) * 4;
  const rest = segment % width;
  const [unit, o, source, target, ky] = f.locals("i32", 5);
  const copyRows = (rows: number): Code =>
    forRange(
      o,
      i32.const(0),
      i32.const(filters),
      1,
      seq(
        ...range(rows).map((row) => f32.store(get(target), f32.load(get(source), row * wStride), row * 4)),
        increment(target, packedRow),
        increment(source, 4),
      ),
    );
  f.body = forRange(
    unit,
    get(from),
    get(to),
    1,
    seq(
      set(ky, i32.divU(get(unit), i32.const(columns))),
      set(target, i32.add(packArguments.read("packed"), i32.mul(get(unit), i32.const(filters * packedRow)))),
      // Row ky * segment + width * (unit - ky * columns) of the weight.
      set(
        source,
        i32.add(
          packArguments.read("weight"),
          i32.mul(
            i32.add(
              i32.shl(get(unit), i32.const(Math.log2(width))),
              i32.mul(get(ky), i32.const(segment - width * columns)),
            ),
            i32.const(wStride),
          ),
        ),
      ),
      rest === 0
        ? copyRows(width)
        : when(
            i32.eq(i32.sub(get(unit), i32.mul(get(ky), i32.const(columns))), i32.const(columns - 1)),
            copyRows(rest),
            copyRows(width),
          ),
    ),
  );
}
