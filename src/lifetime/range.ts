import { type CallNode, type Formula, type FunctionName, keyOf } from "../formulas/index.js";

/** All values that a number may have; `anything` where they are not known, or could be too large to count on. */
export interface Range {
  readonly least: number;
  readonly most: number;
}
export const anything: Range = { least: Number.NEGATIVE_INFINITY, most: Number.POSITIVE_INFINITY };
/** Ranges by the names of what they are of. */
export type Ranges = ReadonlyMap<string, Range>;
export const isKnown = ({ least, most }: Range): boolean => least > -Infinity && most < Infinity;

/** Far from what float32 can hold, 3.4e38, so that rounding, and sums of millions, need no second thought. */
const LIMIT = 1e30;
/** Rounding to float32, several times over. */
const ROUNDING = 1e-5;
/** As near to zero as a divisor may come. */
const SMALLEST = 1e-30;

const size = ({ least, most }: Range): number => Math.max(-least, most);

/** From `least` to `most`, and what rounding of numbers of so large a size may add. */
function range(least: number, most: number, of = 0): Range {
  const from = least - ROUNDING * (Math.abs(least) + of);
  const to = most + ROUNDING * (Math.abs(most) + of);
  return from >= -LIMIT && to <= LIMIT ? { least: from, most: to } : anything;
}
const symmetric = (most: number): Range => range(-most, most);

/** What both may be. */
export const either = (a: Range, b: Range): Range =>
  range(Math.min(a.least, b.least), Math.max(a.most, b.most));

/** The sum of so many products of one of `a` and one of `b`. */
export const sumOfProducts = (count: number, a: Range, b: Range): Range =>
  symmetric(count * size(a) * size(b));
export const sumOf = (count: number, a: Range): Range => symmetric(count * size(a));
export const sumOfRanges = (a: Range, b: Range): Range =>
  range(a.least + b.least, a.most + b.most, Math.max(size(a), size(b)));

/** The range of numbers; `anything` if one is not finite. */
export function rangeOf(values: ArrayLike<number>): Range {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let k = 0; k < values.length; k++) {
    const value = values[k]!;
    if (!Number.isFinite(value)) return anything;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return values.length === 0 ? range(0, 0) : range(least, most);
}

function times(a: Range, b: Range): Range {
  const products = [a.least * b.least, a.least * b.most, a.most * b.least, a.most * b.most];
  return range(Math.min(...products), Math.max(...products));
}
const rising =
  (f: (x: number) => number) =>
  ({ least, most }: Range): Range =>
    range(f(least), f(most));
const min = (a: Range, b: Range) => range(Math.min(a.least, b.least), Math.min(a.most, b.most));
const max = (a: Range, b: Range) => range(Math.max(a.least, b.least), Math.max(a.most, b.most));
const neg = ({ least, most }: Range): Range => ({ least: -most, most: -least });
const truth = () => range(0, 1);

/** What each function makes of ranges that are known. */
const RANGES: Readonly<Record<FunctionName, (...args: Range[]) => Range>> = {
  add: sumOfRanges,
  sub: (a, b) => sumOfRanges(a, neg(b)),
  mul: times,
  div: (a, b) =>
    b.least >= SMALLEST || b.most <= -SMALLEST ? times(a, range(1 / b.most, 1 / b.least)) : anything,
  neg,
  min,
  max,
  abs: (x) => (x.least >= 0 ? x : x.most <= 0 ? neg(x) : range(0, size(x))),
  sign: () => range(-1, 1),
  sqrt: (x) => (x.least >= 0 ? rising(Math.sqrt)(x) : anything),
  exp: rising(Math.exp),
  log: (x) => (x.least >= SMALLEST ? rising(Math.log)(x) : anything),
  tanh: rising(Math.tanh),
  sigmoid: rising((x) => 1 / (1 + Math.exp(-x))),
  clip: (x, lo, hi) => min(max(x, lo), hi),
  where: (_, a, b) => either(a, b),
  less: truth,
  within: truth,
};

/** The range of a formula, from those of its names, by interval arithmetic: `anything` unless each part of it is known. */
export function rangeOfFormula(formula: Formula, of: (name: string) => Range): Range {
  if (formula.kind === "number") return rangeOf([Math.fround(formula.value)]);
  if (formula.kind === "name") return of(formula.name);
  const args = formula.args.map((arg) => rangeOfFormula(arg, of));
  if (!args.every(isKnown)) return anything;
  return isSquare(formula) ? range(0, size(args[0]!) ** 2) : RANGES[formula.fn](...args);
}

const isSquare = ({ fn, args }: CallNode): boolean => fn === "mul" && keyOf(args[0]!) === keyOf(args[1]!);
