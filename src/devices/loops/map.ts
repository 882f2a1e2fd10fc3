/** The schedule of a map: row after row, with sizes and strides from its arguments. */
import type { Pass } from "../passes/pass.js";
import { type Code, forRange, get, nothing, seq, set, when, word } from "./code.js";
import { Scope } from "./expression.js";
import * as f64 from "./f64.js";
import * as i32 from "./i32.js";
import { arithmeticOf, VectorMath } from "./math.js";
import { KernelModule, type Local } from "./module.js";
import { plainRows } from "./plainRows.js";
import { reduceRow } from "./reductions.js";
import { type Target, vectorBytes } from "./target.js";
import * as vector from "./vector.js";

/**
 * Argument words: columns in whole vectors (bytes), tail mask address or 0, then (address, row stride) of each buffer;
 * for sums along columns or over everything the stride is that between the slots of two threads. The slot of a sum over
 * everything is a float64.
 */
export const mapHeader = 2;

/** The words of a map: see `mapHeader`. `buffers`: (address, stride) of each buffer that has them. */
export const mapWords = (columns: number, tailMask: number, buffers: readonly number[]): number[] => [
  columns,
  tailMask,
  ...buffers,
];

/** The kernel `map`; `from`, `to` count rows. */
export function scheduleMap(pass: Pass, target: Target): KernelModule<"map"> {
  const module = new KernelModule<"map">(target);
  const f = module.kernel("map", pass.label);
  const [, from, to, thread] = f.params as [Local, Local, Local, Local];
  const [columns, tailMask] = [word(0, "columns"), word(1, "tailMask")];
  const [row, column] = f.locals("i32", 2);
  const buffers = [...pass.inputs, ...pass.outputs].map((numbers, index) => {
    const { at, along } = numbers;
    return {
      ...{ at, hasRows: along === "connection" || along === "pre", isOutput: "how" in numbers },
      ...{ address: f.local("i32"), begin: word(mapHeader + 2 * index, at) },
      stride: word(mapHeader + 2 * index + 1, `stride:${at}`),
    };
  });
  const starts = Object.fromEntries(buffers.map(({ at, address }) => [at, get(address)]));
  const math = new VectorMath(module, arithmeticOf(target));
  const layer = new Scope();
  const places = { starts, row: null, column, cell: column, rowBytes: 0 };
  let mask: Local | null = null;
  const walk = (atVector: (mask: Code | null) => Code): Code => {
    const whole = atVector(null);
    mask ??= f.local("vector");
    const tail = atVector(get(mask));
    return seq(
      forRange(column, i32.const(0), columns, vectorBytes(target), whole),
      when(tailMask, seq(set(mask, vector.load(tailMask)), tail)),
    );
  };
  const reduced = pass.reductions ? reduceRow(f, math, pass, places, layer, walk) : null;
  const rows = plainRows(f, math, pass, places, layer, 1, reduced ? [reduced.row] : undefined);
  const everyColumn = rows.hasColumns ? walk((mask) => rows.vector(mask)) : nothing;
  const ofRows = rows.ofRows();
  const advance = ({ address }: (typeof buffers)[number], by: Code) =>
    set(address, i32.add(get(address), by));
  const addToSlot = (slot: Code, sum: Code) => f64.store(slot, f64.add(f64.load(slot), f64.fromF32(sum)));
  const perRow = seq(
    ...(reduced ? [reduced.code] : []),
    rows.begin(),
    everyColumn,
    rows.end(addToSlot),
    ofRows,
    ...buffers.filter(({ hasRows }) => hasRows).map((each) => advance(each, each.stride)),
  );
  f.body = seq(
    ...buffers.map((each) =>
      seq(
        set(each.address, each.begin),
        each.hasRows ? advance(each, i32.mul(get(from), each.stride)) : nothing,
      ),
    ),
    ...buffers
      .filter(({ hasRows, isOutput }) => isOutput && !hasRows)
      .map((each) => advance(each, i32.mul(get(thread), each.stride))),
    layer.code,
    forRange(row, get(from), get(to), 1, perRow),
  );
  return module;
}
