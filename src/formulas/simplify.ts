import { functions } from "./functions.js";
import { same } from "./keys.js";
import { type CallNode, call, type Formula, type FunctionName, type NumberNode, number } from "./tree.js";

/**
 * A shorter formula of the same value: constants folded and drawn together, neutral and absorbing elements
 * (`x * 1`, `x + 0`, `x * 0`, `x - x`) and signs cleared away, branches with a constant condition decided.
 *
 * The value is the same up to rounding wherever every part of the original is finite; where one is not
 * (`0 * log(0)`), the shorter formula may be finite. A constant that is not finite (`1 / 0`) is never folded.
 */
export function simplify(formula: Formula): Formula {
  // Derivatives share subtrees, so each node is visited once and sharing survives.
  const done = new Map<Formula, Formula>();
  const visit = (node: Formula): Formula => {
    if (node.kind !== "call") return node;
    let result = done.get(node);
    if (result === undefined) {
      result = simplifyCall(node.fn, node.args.map(visit));
      done.set(node, result);
    }
    return result;
  };
  return visit(formula);
}

/** The call, simplified, if its arguments already are. */
function simplifyCall(fn: FunctionName, args: readonly Formula[]): Formula {
  return fold(fn, args) ?? SIMPLER[fn]?.(...args) ?? call(fn, ...args);
}

function fold(fn: FunctionName, args: readonly Formula[]): NumberNode | null {
  if (!args.every(isNumber)) return null;
  const value = functions[fn].evaluator(...args.map((arg) => () => arg.value))([]);
  // 0 + value turns -0 into 0.
  return Number.isFinite(value) ? number(0 + value) : null;
}

const add = (a: Formula, b: Formula) => simplifyCall("add", [a, b]);
const sub = (a: Formula, b: Formula) => simplifyCall("sub", [a, b]);
const mul = (a: Formula, b: Formula) => simplifyCall("mul", [a, b]);
const div = (a: Formula, b: Formula) => simplifyCall("div", [a, b]);
const neg = (x: Formula) => simplifyCall("neg", [x]);

/** What each function knows beside the folding of constants; null where the call is as short as it gets. */
const SIMPLER: Partial<Record<FunctionName, (...args: Formula[]) => Formula | null>> = {
  add(a, b) {
    if (isValue(a, 0)) return b;
    if (isValue(b, 0)) return a;
    if (isCall(b, "neg")) return sub(a, b.args[0]!);
    if (isCall(a, "neg")) return sub(b, a.args[0]!);
    if (same(a, b)) return mul(number(2), a);
    if (isNumber(a)) return shifted(b, a.value);
    if (isNumber(b)) return shifted(a, b.value);
    return null;
  },

  sub(a, b) {
    if (isValue(b, 0)) return a;
    if (isValue(a, 0)) return neg(b);
    if (same(a, b)) return number(0);
    if (isCall(b, "neg")) return add(a, b.args[0]!);
    if (isNumber(b)) return add(a, number(-b.value));
    if (isNumber(a)) {
      const { constant, rest, negated } = splitSum(b);
      const joined = a.value - constant;
      if (constant !== 0 && Number.isFinite(joined)) return withConstant(joined, rest, !negated);
    }
    return null;
  },

  mul(a, b) {
    if (isValue(a, 0) || isValue(b, 0)) return number(0);
    if (isNumber(b)) return isNumber(a) ? null : mul(b, a);
    if (isValue(a, 1)) return b;
    if (isValue(a, -1)) return neg(b);
    if (isNumber(a)) return scaled(b, a.value);
    if (isCall(a, "neg")) return neg(mul(a.args[0]!, b));
    if (isCall(b, "neg")) return neg(mul(a, b.args[0]!));
    // Constants move to the front, where they meet.
    if (isCall(a, "mul") && isNumber(a.args[0]!)) return mul(a.args[0], mul(a.args[1]!, b));
    if (isCall(b, "mul") && isNumber(b.args[0]!)) return mul(b.args[0], mul(a, b.args[1]!));
    return null;
  },

  div(a, b) {
    if (isValue(b, 1)) return a;
    if (isValue(b, -1)) return neg(a);
    if (isValue(a, 0) && !isNumber(b)) return a;
    if (isCall(a, "neg")) return neg(div(a.args[0]!, b));
    if (isCall(b, "neg")) return neg(div(a, b.args[0]!));
    if (isNumber(b) && isCall(a, "mul") && isNumber(a.args[0]!)) {
      const factor = a.args[0].value / b.value;
      if (isSafe(factor)) return mul(number(factor), a.args[1]!);
    }
    return null;
  },

  neg(x) {
    if (isCall(x, "neg")) return x.args[0]!;
    if (isCall(x, "sub")) return sub(x.args[1]!, x.args[0]!);
    if ((isCall(x, "mul") || isCall(x, "div")) && isNumber(x.args[0]!)) {
      return simplifyCall(x.fn, [number(-x.args[0].value), x.args[1]!]);
    }
    return null;
  },

  min: (a, b) => (same(a, b) ? a : null),
  max: (a, b) => (same(a, b) ? a : null),

  abs(x) {
    if (isCall(x, "abs")) return x;
    return isCall(x, "neg") ? simplifyCall("abs", x.args) : null;
  },

  clip: (x, lo, hi) => (isCall(x, "clip") && same(x.args[1]!, lo) && same(x.args[2]!, hi) ? x : null),

  where(condition, a, b) {
    if (isNumber(condition)) return condition.value !== 0 ? a : b;
    return same(a, b) ? a : null;
  },

  less: (a, b) => (same(a, b) ? number(0) : null),
};

/** x + constant, the constant joined with one that x may hold. */
function shifted(x: Formula, constant: number): Formula | null {
  const split = splitSum(x);
  const joined = split.constant + constant;
  return Number.isFinite(joined) ? withConstant(joined, split.rest, split.negated) : null;
}

/** A sum or difference with a constant taken apart: constant + rest, or constant - rest. */
function splitSum(x: Formula): { constant: number; rest: Formula; negated: boolean } {
  if (isCall(x, "add") && isNumber(x.args[1]!)) {
    return { constant: x.args[1].value, rest: x.args[0]!, negated: false };
  }
  if (isCall(x, "sub") && isNumber(x.args[1]!)) {
    return { constant: -x.args[1].value, rest: x.args[0]!, negated: false };
  }
  if (isCall(x, "sub") && isNumber(x.args[0]!)) {
    return { constant: x.args[0].value, rest: x.args[1]!, negated: true };
  }
  return { constant: 0, rest: x, negated: false };
}

/** Writes constant + rest as `rest + 1`, `rest - 1` or `1 - rest`. */
function withConstant(constant: number, rest: Formula, negated: boolean): Formula {
  if (constant === 0) return negated ? neg(rest) : rest;
  if (negated) return call("sub", number(constant), rest);
  return constant < 0 ? call("sub", rest, number(-constant)) : call("add", rest, number(constant));
}

/** factor * x, the factor joined with one that x begins with; null if there is none. */
function scaled(x: Formula, factor: number): Formula | null {
  if (isCall(x, "neg")) return mul(number(-factor), x.args[0]!);
  if ((isCall(x, "mul") || isCall(x, "div")) && isNumber(x.args[0]!)) {
    const joined = x.args[0].value * factor;
    if (isSafe(joined)) return simplifyCall(x.fn, [number(joined), x.args[1]!]);
  }
  return null;
}

/** Constants may be joined unless the result overflows or underflows, which the separate steps may not do. */
const isSafe = (joined: number): boolean => Number.isFinite(joined) && joined !== 0;

const isNumber = (formula: Formula): formula is NumberNode => formula.kind === "number";
const isValue = (formula: Formula, value: number): boolean => isNumber(formula) && formula.value === value;
// Narrowed to the function, so that a call of another one stays a call in the other branch.
const isCall = <F extends FunctionName>(formula: Formula, fn: F): formula is CallNode & { readonly fn: F } =>
  formula.kind === "call" && formula.fn === fn;
