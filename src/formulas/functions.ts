import { call, type Formula, type FunctionName, number } from "./tree.js";

/** Computes a formula from the values of its names. */
export type Evaluator = (values: ArrayLike<number>) => number;

/** What a function computes; devices bring their own code for it. */
export interface FunctionEntry {
  /** Float64 evaluation: builds the evaluator of the call from those of its arguments. */
  readonly evaluator: (...args: Evaluator[]) => Evaluator;
  /**
   * The derivative of the call, given the call itself (so that its value can be used again), then its arguments,
   * then the arguments' derivatives. Each of the latter occurs once at most, else nested formulas would explode.
   */
  readonly derivative: (self: Formula, ...argsThenDerivatives: Formula[]) => Formula;
}

const add = (a: Formula, b: Formula) => call("add", a, b);
const sub = (a: Formula, b: Formula) => call("sub", a, b);
const mul = (a: Formula, b: Formula) => call("mul", a, b);
const div = (a: Formula, b: Formula) => call("div", a, b);
const less = (a: Formula, b: Formula) => call("less", a, b);
const zero = () => number(0);

/** 1 where a < b, 0 where a > b, and 1/2 on a tie: how PyTorch shares the gradient of min and max. */
const share = (a: Formula, b: Formula) => mul(number(0.5), sub(add(number(1), less(a, b)), less(b, a)));

/** The one table of what functions compute; `signatures` is that of how they are written. */
export const functions: Readonly<Record<FunctionName, FunctionEntry>> = {
  add: {
    evaluator: (a, b) => (v) => a(v) + b(v),
    derivative: (_self, _a, _b, da, db) => add(da, db),
  },
  sub: {
    evaluator: (a, b) => (v) => a(v) - b(v),
    derivative: (_self, _a, _b, da, db) => sub(da, db),
  },
  mul: {
    evaluator: (a, b) => (v) => a(v) * b(v),
    derivative: (_self, a, b, da, db) => add(mul(da, b), mul(a, db)),
  },
  div: {
    evaluator: (a, b) => (v) => a(v) / b(v),
    derivative: (self, _a, b, da, db) => div(sub(da, mul(self, db)), b),
  },
  neg: {
    evaluator: (x) => (v) => -x(v),
    derivative: (_self, _x, dx) => call("neg", dx),
  },
  min: {
    evaluator: (a, b) => (v) => Math.min(a(v), b(v)),
    derivative: (_self, a, b, da, db) => add(mul(share(a, b), da), mul(share(b, a), db)),
  },
  max: {
    evaluator: (a, b) => (v) => Math.max(a(v), b(v)),
    derivative: (_self, a, b, da, db) => add(mul(share(b, a), da), mul(share(a, b), db)),
  },
  abs: {
    evaluator: (x) => (v) => Math.abs(x(v)),
    derivative: (_self, x, dx) => mul(call("sign", x), dx),
  },
  sign: {
    evaluator: (x) => (v) => Math.sign(x(v)),
    derivative: zero,
  },
  sqrt: {
    evaluator: (x) => (v) => Math.sqrt(x(v)),
    derivative: (self, _x, dx) => div(mul(number(0.5), dx), self),
  },
  exp: {
    evaluator: (x) => (v) => Math.exp(x(v)),
    derivative: (self, _x, dx) => mul(self, dx),
  },
  log: {
    evaluator: (x) => (v) => Math.log(x(v)),
    derivative: (_self, x, dx) => div(dx, x),
  },
  tanh: {
    evaluator: (x) => (v) => Math.tanh(x(v)),
    derivative: (self, _x, dx) => mul(sub(number(1), mul(self, self)), dx),
  },
  sigmoid: {
    evaluator: (x) => (v) => 1 / (1 + Math.exp(-x(v))),
    derivative: (self, _x, dx) => mul(mul(self, sub(number(1), self)), dx),
  },
  clip: {
    evaluator: (x, lo, hi) => (v) => Math.min(Math.max(x(v), lo(v)), hi(v)),
    derivative: (_self, x, lo, hi, dx, dlo, dhi) =>
      add(
        mul(call("within", x, lo, hi), dx),
        // lo counts where x lies below it and hi does not, hi where x lies above it or where lo does.
        add(
          mul(mul(less(x, lo), sub(number(1), less(hi, lo))), dlo),
          mul(call("max", less(hi, x), less(hi, lo)), dhi),
        ),
      ),
  },
  where: {
    evaluator: (condition, a, b) => (v) => (condition(v) !== 0 ? a(v) : b(v)),
    derivative: (_self, condition, _a, _b, _dcondition, da, db) => call("where", condition, da, db),
  },
  less: {
    evaluator: (a, b) => (v) => (a(v) < b(v) ? 1 : 0),
    derivative: zero,
  },
  within: {
    evaluator: (x, lo, hi) => (v) => {
      const value = x(v);
      return lo(v) <= value && value <= hi(v) ? 1 : 0;
    },
    derivative: zero,
  },
};
