import type { CallNode, Formula, FunctionName } from "../../formulas/tree.js";
import * as bits from "./bits.js";
import { type Code, callFunction, get, seq, set } from "./code.js";
import * as i32 from "./i32.js";
import type { FunctionBuilder, KernelModule, Local } from "./module.js";
import type { Target } from "./target.js";
import * as vector from "./vector.js";

export const splat = vector.const;

/** Adding and taking away this number sets what is smaller than 1e-32 to zero and leaves the rest: no subnormals. */
const flushing = splat(2 ** -84);
export const flushed = (code: Code): Code => vector.sub(vector.add(code, flushing), flushing);

/** How a product is added to a sum, and taken from one. */
export interface Arithmetic {
  /** a * b + c. */
  readonly madd: (a: Code, b: Code, c: Code) => Code;
  /** c - a * b. */
  readonly nmadd: (a: Code, b: Code, c: Code) => Code;
  /**
   * A sum or difference with a product in it that nobody has computed yet (`isNew`), as one instruction; null for all else.
   * `value`: code of a part.
   */
  readonly fuse?: (
    formula: CallNode,
    value: (part: Formula) => Code,
    isNew: (part: Formula) => boolean,
  ) => Code | null;
}
const fused: Arithmetic = {
  madd: vector.madd,
  nmadd: vector.nmadd,
  fuse({ fn, args }, value, isNew) {
    if (fn !== "add" && fn !== "sub") return null;
    const [a, b] = args as [Formula, Formula];
    const combine = fn === "add" ? vector.madd : vector.nmadd;
    const fresh = (part: Formula): part is CallNode =>
      part.kind === "call" && part.fn === "mul" && !part.args.some(isComparison) && isNew(part);
    const product = fresh(b) ? b : fn === "add" && fresh(a) ? a : null;
    if (!product) return null;
    const [u, v] = product.args as [Formula, Formula];
    return combine(value(u), value(v), value(product === b ? a : b));
  },
};
/** Comparisons are 1 or 0: masks, where something is multiplied by them. */
export type Comparison = CallNode & { readonly fn: "less" | "within" };
export const isComparison = (formula: Formula): formula is Comparison =>
  formula.kind === "call" && (formula.fn === "less" || formula.fn === "within");
/** Product and sum are rounded each: the same bits on every machine. */
export const exact: Arithmetic = {
  madd: (a, b, c) => vector.add(vector.mul(a, b), c),
  nmadd: (a, b, c) => vector.sub(c, vector.mul(a, b)),
};
export const arithmeticOf = (target: Target): Arithmetic => (target.exact ? exact : fused);

/** A polynomial in x by Horner's rule; coefficients from the constant upwards. */
const horner = ({ madd }: Arithmetic, x: Local, coefficients: readonly number[]): Code =>
  coefficients.slice(0, -1).reduceRight((sum, c) => madd(sum, get(x), splat(c)), splat(coefficients.at(-1)!));

const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));

/** The functions of formulas on vectors. The long ones become functions of the module, when first used. */
export class VectorMath {
  readonly #made = new Map<string, FunctionBuilder>();

  constructor(
    private readonly module: KernelModule,
    readonly arithmetic: Arithmetic,
  ) {}

  /** Code that applies a function to arguments (each pushes one vector and may be repeated). */
  apply(fn: FunctionName, args: readonly Code[]): Code {
    const [a, b, c] = args as [Code, Code, Code];
    switch (fn) {
      case "clip":
        return vector.pmin(vector.pmax(a, b), c);
      case "where":
        return vector.select(vector.ne(a, splat(0)), b, c);
      case "less":
      case "within":
        return vector.and(this.mask(fn, args), splat(1));
      case "sign":
        return vector.and(
          vector.ne(a, splat(0)),
          vector.or(vector.and(a, bits.const(0x80000000 | 0)), splat(1)),
        );
      case "sigmoid":
        return vector.div(splat(1), vector.add(splat(1), this.apply("exp", [vector.neg(a)])));
      case "exp":
      case "log":
      case "tanh":
        return callFunction(this.#function(fn), a);
      default:
        // One instruction, of the same name.
        return { kind: "op", op: `vector.${fn}`, args };
    }
  }

  /** A comparison as a mask: all bits of a lane set where it holds. */
  mask(fn: "less" | "within", args: readonly Code[]): Code {
    const [x, low, high] = args as [Code, Code, Code];
    return fn === "less" ? vector.lt(x, low) : vector.and(vector.ge(x, low), vector.le(x, high));
  }

  #function(name: keyof typeof emitters): FunctionBuilder {
    const known = this.#made.get(name);
    if (known) return known;
    const f = this.module.func(null, ["vector"], ["vector"], name);
    this.#made.set(name, f);
    f.body = emitters[name](f, this.arithmetic);
    return f;
  }
}

/**
 * exp: x = k ln 2 + r with |r| <= ln 2 / 2; exp(r) by its Taylor series (relative error < 1e-7); times 2^k, as 2 * 2^(k-1)
 * because 2^128 is too large. Above ln(2^128) it is infinite, below ln(2^-126) zero.
 */
function emitExp(f: FunctionBuilder, arithmetic: Arithmetic): Code {
  const [x] = f.params as [Local];
  const [k, r, power] = f.locals("vector", 3);
  const taylor = Array.from({ length: 8 }, (_, n) => 1 / factorial(n));
  const ln2High = Math.fround(0.693145751953125); // Few mantissa bits: k * ln2High is exact.
  return seq(
    set(r, vector.pmax(vector.pmin(get(x), splat(88.73)), splat(-87.3))),
    set(k, vector.nearest(vector.mul(get(r), splat(Math.LOG2E)))),
    set(r, vector.sub(get(r), vector.mul(get(k), splat(ln2High)))),
    set(r, vector.sub(get(r), vector.mul(get(k), splat(Math.LN2 - ln2High)))),
    set(r, horner(arithmetic, r, taylor)),
    set(power, bits.shl(bits.add(vector.toI32(get(k)), bits.const(126)), i32.const(23))),
    set(r, vector.mul(vector.add(get(r), get(r)), get(power))),
    vector.select(
      vector.gt(get(x), splat(88.72283)),
      splat(Infinity),
      vector.andnot(get(r), vector.lt(get(x), splat(-87.3))),
    ),
  );
}

/**
 * tanh x = x P(x^2) / Q(x^2) for |x| <= 9, beyond which it is 1 to float32's accuracy. P and Q are the fractions of degree 4
 * whose largest relative error on [0, 9] is least (2e-8; fitted by least squares, reweighted until all extremes were
 * equal). With float32's rounding the error is below 3e-7.
 */
function emitTanh(f: FunctionBuilder, arithmetic: Arithmetic): Code {
  const [x] = f.params as [Local];
  const [r, square] = f.locals("vector", 2);
  const above = [
    0.9999999794937106, 0.13381023202105224, 0.003495585247039503, 2.0609036586658764e-5,
    1.335460191479844e-8,
  ];
  const below = [1, 0.46714338804937044, 0.02587697117907569, 0.00032856301725884293, 7.776533099031265e-7];
  const within = (value: Code, bound: number) => vector.pmin(vector.pmax(value, splat(-bound)), splat(bound));
  return seq(
    set(r, within(get(x), 9)),
    set(square, vector.mul(get(r), get(r))),
    within(
      vector.div(vector.mul(get(r), horner(arithmetic, square, above)), horner(arithmetic, square, below)),
      1,
    ),
  );
}

/** log: x = 2^k m with sqrt(1/2) <= m < sqrt(2); log m = 2 atanh(s), s = (m - 1) / (m + 1), by its series. */
function emitLog(f: FunctionBuilder, arithmetic: Arithmetic): Code {
  const [x] = f.params as [Local];
  const [k, m, s, square] = f.locals("vector", 4);
  const offset = bits.const(0x3f3504f3); // The bits of sqrt(1/2).
  const series = [2, 2 / 3, 2 / 5, 2 / 7, 2 / 9, 2 / 11];
  const exponent = bits.sub(
    bits.shrU(bits.add(bits.sub(get(x), offset), bits.const(0x3f800000)), i32.const(23)),
    bits.const(127),
  );
  const finite = vector.add(
    vector.mul(get(k), splat(Math.LN2)),
    vector.mul(get(s), horner(arithmetic, square, series)),
  );
  return seq(
    set(k, vector.fromI32(exponent)),
    set(m, bits.sub(get(x), bits.shl(exponent, i32.const(23)))),
    set(s, vector.div(vector.sub(get(m), splat(1)), vector.add(get(m), splat(1)))),
    set(square, vector.mul(get(s), get(s))),
    vector.select(
      vector.gt(get(x), splat(0)),
      vector.select(vector.lt(get(x), splat(Infinity)), finite, get(x)),
      vector.select(vector.eq(get(x), splat(0)), splat(-Infinity), splat(Number.NaN)),
    ),
  );
}

const emitters = { exp: emitExp, log: emitLog, tanh: emitTanh };
