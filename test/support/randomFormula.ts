import * as fc from "fast-check";
import { derive } from "../../src/formulas/derive.js";
import { evaluate } from "../../src/formulas/evaluate.js";
import { same } from "../../src/formulas/keys.js";
import { arity, signatures } from "../../src/formulas/signatures.js";
import { call, type Formula, type FunctionName, name, number } from "../../src/formulas/tree.js";

/** The names that random formulas use. */
export const names = ["pre", "post", "eta", "m", "H"] as const;
export type Values = Record<string, number>;

/** A random formula over `names`, every function among its calls. */
export const randomFormula: fc.Arbitrary<Formula> = fc.letrec<{ tree: Formula }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5, depthSize: "small" },
    fc.constantFrom(...names).map(name),
    // Exact in binary, so that folding them does not round.
    fc.constantFrom(-2, -1, -0.5, 0, 0.25, 0.5, 1, 2, 3).map(number),
    ...(Object.keys(signatures) as FunctionName[]).map((fn) =>
      fc.tuple(...Array.from({ length: arity(fn) }, () => tie("tree"))).map((args) => call(fn, ...args)),
    ),
  ),
})).tree;

/** A value in [-2, 2] for each of `names`. */
export const randomValues: fc.Arbitrary<Values> = fc
  .tuple(...names.map(() => fc.double({ min: -2, max: 2, noNaN: true })))
  .map((values) => Object.fromEntries(names.map((each, i) => [each, values[i]!])));

/** Every call in a formula with the values of its arguments. */
function calls(
  formula: Formula,
  values: Values,
): { fn: FunctionName; args: readonly Formula[]; at: number[] }[] {
  if (formula.kind !== "call") return [];
  const at = formula.args.map((arg) => evaluate(arg, values));
  return [{ fn: formula.fn, args: formula.args, at }, ...formula.args.flatMap((arg) => calls(arg, values))];
}

/** True where every part of the formula has a moderate value and no division, root or logarithm comes near its edge. */
export function isTame(formula: Formula, values: Values): boolean {
  if (!(Math.abs(evaluate(formula, values)) < 1e3)) return false;
  return calls(formula, values).every(({ fn, at }) => {
    if (!at.every((value) => Math.abs(value) < 1e3)) return false;
    if (fn === "div") return Math.abs(at[1]!) > 0.01;
    return fn === "sqrt" || fn === "log" ? at[0]! > 0.01 : true;
  });
}

/** Pairs of argument values between which a function switches. */
const SWITCHES: Partial<Record<FunctionName, readonly (readonly [number, number | "zero"])[]>> = {
  min: [[0, 1]],
  max: [[0, 1]],
  less: [[0, 1]],
  abs: [[0, "zero"]],
  sign: [[0, "zero"]],
  where: [[0, "zero"]],
  clip: [
    [0, 1],
    [0, 2],
    [1, 2],
  ],
  within: [
    [0, 1],
    [0, 2],
  ],
};

/** True where no function of the formula is within `margin` of switching between its branches. */
export function isSmooth(formula: Formula, values: Values, margin: number): boolean {
  return calls(formula, values).every(({ fn, args, at }) =>
    (SWITCHES[fn] ?? []).every(([i, j]) => {
      const [a, b] = [args[i]!, j === "zero" ? number(0) : args[j]!];
      return (
        Math.abs(at[i]! - (j === "zero" ? 0 : at[j]!)) > margin ||
        same(a, b) ||
        (isConstant(a) && isConstant(b))
      );
    }),
  );
}

/** True if the formula does not change where its names change a little. */
const isConstant = (formula: Formula): boolean =>
  names.every((each) => same(derive(formula, each), number(0)));
