import type { FunctionName } from "../../../formulas/tree.js";
import { type Code, call, f32x4, get, i32, i32x4, seq, set, v128 } from "../emit/code.js";
import { hasRelaxedMadd } from "../emit/features.js";
import type { FunctionBuilder, Local, ModuleBuilder } from "../emit/module.js";

export const splat = (value: number): Code => v128.const([value, value, value, value]);
const splatBits = (value: number): Code => v128.constI32([value, value, value, value]);

/** a * b + c, in one instruction where the machine has it. */
export const madd = (a: Code, b: Code, c: Code): Code =>
  hasRelaxedMadd() ? f32x4.relaxedMadd(a, b, c) : f32x4.add(f32x4.mul(a, b), c);
/** c - a * b. */
export const nmadd = (a: Code, b: Code, c: Code): Code =>
  hasRelaxedMadd() ? f32x4.relaxedNmadd(a, b, c) : f32x4.sub(c, f32x4.mul(a, b));

/** How a product is added to a sum, and taken from one. */
export interface Arithmetic {
  /** a * b + c. */
  readonly madd: (a: Code, b: Code, c: Code) => Code;
  /** c - a * b. */
  readonly nmadd: (a: Code, b: Code, c: Code) => Code;
}
/** What is fastest on this machine. Whether the product is rounded before the sum, the machine decides. */
export const fastest: Arithmetic = { madd, nmadd };
/** Product and sum are rounded each: the same bits on every machine. */
export const exact: Arithmetic = {
  madd: (a, b, c) => f32x4.add(f32x4.mul(a, b), c),
  nmadd: (a, b, c) => f32x4.sub(c, f32x4.mul(a, b)),
};

/** A polynomial in x by Horner's rule; coefficients from the constant upwards. */
const horner = ({ madd }: Arithmetic, x: Local, coefficients: readonly number[]): Code =>
  coefficients.reduceRight<Code>(
    (sum, c, i) => (i === coefficients.length - 1 ? splat(c) : madd(sum, get(x), splat(c))),
    [],
  );

const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));

/** The functions of formulas on four float32 lanes. The long ones become functions of the module, when first used. */
export class VectorMath {
  private readonly made = new Map<string, FunctionBuilder>();

  constructor(
    private readonly module: ModuleBuilder,
    readonly arithmetic: Arithmetic = fastest,
  ) {}

  /** Code that applies a function to arguments (each pushes one vector and may be repeated). */
  apply(fn: FunctionName, args: readonly Code[]): Code {
    const [a = [], b = [], c = []] = args;
    switch (fn) {
      case "add":
        return f32x4.add(a, b);
      case "sub":
        return f32x4.sub(a, b);
      case "mul":
        return f32x4.mul(a, b);
      case "div":
        return f32x4.div(a, b);
      case "neg":
        return f32x4.neg(a);
      case "min":
        return f32x4.min(a, b);
      case "max":
        return f32x4.max(a, b);
      case "abs":
        return f32x4.abs(a);
      case "sqrt":
        return f32x4.sqrt(a);
      case "clip":
        return f32x4.pmin(f32x4.pmax(a, b), c);
      case "where":
        return v128.select(f32x4.ne(a, splat(0)), b, c);
      case "less":
      case "within":
        return v128.and(this.mask(fn, args), splat(1));
      case "sign":
        return v128.and(f32x4.ne(a, splat(0)), v128.or(v128.and(a, splatBits(0x80000000 | 0)), splat(1)));
      case "exp":
        return call(this.exp(), a);
      case "log":
        return call(
          this.func("log", (f) => emitLog(f, this.arithmetic)),
          a,
        );
      case "tanh":
        return call(
          this.func("tanh", (f) => emitTanh(f, this.arithmetic)),
          a,
        );
      case "sigmoid":
        return f32x4.div(splat(1), f32x4.add(splat(1), call(this.exp(), f32x4.neg(a))));
    }
  }

  /** A comparison as a mask: all bits of a lane set where it holds. */
  mask(fn: "less" | "within", args: readonly Code[]): Code {
    const [x = [], low = [], high = []] = args;
    return fn === "less" ? f32x4.lt(x, low) : v128.and(f32x4.ge(x, low), f32x4.le(x, high));
  }

  private exp(): FunctionBuilder {
    return this.func("exp", (f) => emitExp(f, this.arithmetic));
  }

  private func(name: string, emit: (f: FunctionBuilder) => Code): FunctionBuilder {
    const known = this.made.get(name);
    if (known) return known;
    const f = this.module.func(null, ["v128"], ["v128"]);
    this.made.set(name, f);
    f.body = emit(f);
    return f;
  }
}

/**
 * exp: x = k ln 2 + r with |r| <= ln 2 / 2; exp(r) by its Taylor series (relative error < 1e-7); times 2^k, as 2 * 2^(k-1)
 * because 2^128 is too large. Above ln(2^128) it is infinite, below ln(2^-126) zero.
 */
function emitExp(f: FunctionBuilder, arithmetic: Arithmetic): Code {
  const [x] = f.params as [Local];
  const k = f.local("v128");
  const r = f.local("v128");
  const power = f.local("v128");
  const taylor = Array.from({ length: 8 }, (_, n) => 1 / factorial(n));
  const ln2High = Math.fround(0.693145751953125); // Few mantissa bits: k * ln2High is exact.
  return seq(
    set(r, f32x4.pmax(f32x4.pmin(get(x), splat(88.73)), splat(-87.3))),
    set(k, f32x4.nearest(f32x4.mul(get(r), splat(Math.LOG2E)))),
    set(r, f32x4.sub(get(r), f32x4.mul(get(k), splat(ln2High)))),
    set(r, f32x4.sub(get(r), f32x4.mul(get(k), splat(Math.LN2 - ln2High)))),
    set(r, horner(arithmetic, r, taylor)),
    set(power, i32x4.shl(i32x4.add(f32x4.toI32(get(k)), splatBits(126)), i32.const(23))),
    set(r, f32x4.mul(f32x4.add(get(r), get(r)), get(power))),
    v128.select(
      f32x4.gt(get(x), splat(88.72283)),
      splat(Infinity),
      v128.andnot(get(r), f32x4.lt(get(x), splat(-87.3))),
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
  const r = f.local("v128");
  const square = f.local("v128");
  const above = [
    0.9999999794937106, 0.13381023202105224, 0.003495585247039503, 2.0609036586658764e-5,
    1.335460191479844e-8,
  ];
  const below = [1, 0.46714338804937044, 0.02587697117907569, 0.00032856301725884293, 7.776533099031265e-7];
  const within = (value: Code, bound: number) => f32x4.pmin(f32x4.pmax(value, splat(-bound)), splat(bound));
  return seq(
    set(r, within(get(x), 9)),
    set(square, f32x4.mul(get(r), get(r))),
    within(
      f32x4.div(f32x4.mul(get(r), horner(arithmetic, square, above)), horner(arithmetic, square, below)),
      1,
    ),
  );
}

/** log: x = 2^k m with sqrt(1/2) <= m < sqrt(2); log m = 2 atanh(s), s = (m - 1) / (m + 1), by its series. */
function emitLog(f: FunctionBuilder, arithmetic: Arithmetic): Code {
  const [x] = f.params as [Local];
  const k = f.local("v128");
  const m = f.local("v128");
  const s = f.local("v128");
  const square = f.local("v128");
  const offset = splatBits(0x3f3504f3); // The bits of sqrt(1/2).
  const series = [2, 2 / 3, 2 / 5, 2 / 7, 2 / 9, 2 / 11];
  const exponent = i32x4.sub(
    i32x4.shrU(i32x4.add(i32x4.sub(get(x), offset), splatBits(0x3f800000)), i32.const(23)),
    splatBits(127),
  );
  const finite = f32x4.add(
    f32x4.mul(get(k), splat(Math.LN2)),
    f32x4.mul(get(s), horner(arithmetic, square, series)),
  );
  return seq(
    set(k, f32x4.fromI32(exponent)),
    set(m, i32x4.sub(get(x), i32x4.shl(exponent, i32.const(23)))),
    set(s, f32x4.div(f32x4.sub(get(m), splat(1)), f32x4.add(get(m), splat(1)))),
    set(square, f32x4.mul(get(s), get(s))),
    v128.select(
      f32x4.gt(get(x), splat(0)),
      v128.select(f32x4.lt(get(x), splat(Infinity)), finite, get(x)),
      v128.select(f32x4.eq(get(x), splat(0)), splat(-Infinity), splat(Number.NaN)),
    ),
  );
}
