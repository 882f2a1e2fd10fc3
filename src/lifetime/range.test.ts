import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "../../test/support/runs.js";
import {
  arity,
  call,
  callable,
  evaluate,
  type Formula,
  name,
  number,
  parseFormula,
} from "../formulas/index.js";
import { isKnown, type Range, rangeOf, rangeOfFormula } from "./range.js";

const of = (ranges: Record<string, Range>) => (name: string) => ranges[name]!;
const rangeIn = (text: string, ranges: Record<string, [number, number]>): Range =>
  rangeOfFormula(
    parseFormula(text),
    of(Object.fromEntries(Object.entries(ranges).map(([key, pair]) => [key, rangeOf(pair)]))),
  );

const names = ["a", "b", "c"] as const;
const functions = [...callable, "add", "sub", "mul", "div", "neg"] as const;
const formulas: fc.Arbitrary<Formula> = fc.letrec<{ formula: Formula; leaf: Formula }>((tie) => ({
  formula: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    tie("leaf"),
    fc
      .tuple(fc.constantFrom(...functions), tie("formula"), tie("formula"), tie("formula"))
      .map(([fn, ...args]) => call(fn as never, ...args.slice(0, arity(fn as never)))),
  ),
  leaf: fc.oneof(
    fc.constantFrom(...names).map((each) => name(each)),
    fc.constantFrom(0, 1, -1, 0.5, 3, 1e-3, 40).map((value) => number(value)),
  ),
})).formula;

describe("the range of a formula", () => {
  it("holds every value that the formula has for numbers within the ranges of its names", () => {
    const values = fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 2, maxLength: 4 });
    let known = 0;
    fc.assert(
      fc.property(formulas, values, values, values, (formula, a, b, c) => {
        const range = rangeOfFormula(formula, of({ a: rangeOf(a), b: rangeOf(b), c: rangeOf(c) }));
        if (!isKnown(range)) return;
        known++;
        for (const x of a)
          for (const y of b)
            for (const z of c) {
              const value = evaluate(formula, { a: x, b: y, c: z });
              expect(value).toBeGreaterThanOrEqual(range.least);
              expect(value).toBeLessThanOrEqual(range.most);
            }
      }),
      { numRuns: runs(3000), seed: 7 },
    );
    expect(known).toBeGreaterThan(300);
  });

  it.each<[string, Record<string, [number, number]>]>([
    ["a / b", { a: [1, 2], b: [-1, 1] }],
    ["1 / b", { b: [1e-35, 1] }],
    ["log(a)", { a: [0, 1] }],
    ["sqrt(a)", { a: [-1, 1] }],
    ["exp(a)", { a: [0, 100] }],
    ["a * a * a", { a: [0, 1e20] }],
    ["1e300 * 0", {}],
    ["where(a, exp(b), 0)", { a: [0, 0], b: [0, 1000] }],
    ["1 / (a - b)", { a: [1, 1], b: [1 + 1e-9, 1 + 1e-9] }],
  ])("is not known for %s, which may be infinite", (text, ranges) => {
    expect(isKnown(rangeIn(text, ranges))).toBe(false);
  });

  it("is as narrow as what is usual needs", () => {
    const narrow = (range: Range) => [range.least, range.most].map((end) => Number(end.toFixed(3)));
    expect(
      narrow(
        rangeIn("(1 - eta) * H + eta * pre * post", {
          eta: [0.01, 0.01],
          H: [-1, 1],
          pre: [-1, 1],
          post: [-1, 1],
        }),
      ),
    ).toEqual([-1, 1]);
    expect(narrow(rangeIn("sqrt(a * a + 1)", { a: [-2, 1] }))).toEqual([1, 2.236]);
    expect(narrow(rangeIn("clip(a, -1, 1)", { a: [-1e9, 1e9] }))).toEqual([-1, 1]);
  });
});
