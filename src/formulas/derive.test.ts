import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSmooth, isTame, names, randomFormula, randomValues } from "../../test/support/randomFormula.js";
import { runs } from "../../test/support/runs.js";
import { derive } from "./derive.js";
import { compileFormula, evaluate } from "./evaluate.js";
import { keyOf } from "./keys.js";
import { parseFormula } from "./parse.js";
import { print } from "./print.js";
import type { Formula } from "./tree.js";

const derivative = (text: string, name: string) => print(derive(parseFormula(text), name));

describe("derive", () => {
  it.each([
    ["(1 - eta) * H + eta * pre * post", "H", "1 - eta"],
    ["(1 - eta) * H + eta * pre * post", "eta", "pre * post - H"],
    ["(1 - eta) * H + eta * pre * post", "pre", "eta * post"],
    ["H + eta * post * (pre - post * H)", "H", "1 - eta * post * post"],
    ["clip(H + eta * pre * post, -1, 1)", "H", "within(H + eta * pre * post, -1, 1)"],
    ["tanh(x)", "x", "1 - tanh(x) * tanh(x)"],
    ["sigmoid(x)", "x", "sigmoid(x) * (1 - sigmoid(x))"],
    ["exp(2 * x)", "x", "2 * exp(2 * x)"],
    ["sqrt(x)", "x", "0.5 / sqrt(x)"],
    ["log(x)", "x", "1 / x"],
    ["a / x", "x", "-(a / x / x)"],
    ["x / a", "x", "1 / a"],
    ["abs(x)", "x", "sign(x)"],
    ["where(x, 2 * x, a)", "x", "where(x, 2, 0)"],
    ["where(x, a, a + 1)", "x", "0"],
    ["less(x, a) + sign(x) + within(x, a, 1)", "x", "0"],
    ["a * a", "x", "0"],
  ])("of %s by %s is %s", (text, name, expected) => {
    expect(derivative(text, name)).toBe(expected);
  });

  it("splits the gradient of min and max evenly on a tie, and gives it to the chosen one elsewhere", () => {
    for (const [fn, chosen] of [
      ["min", -1],
      ["max", 1],
    ] as const) {
      const slope = derive(parseFormula(`${fn}(x, a)`), "x");
      expect(evaluate(slope, { x: 2, a: 2 })).toBe(0.5);
      expect(evaluate(slope, { x: 2 + chosen, a: 2 })).toBe(1);
      expect(evaluate(slope, { x: 2 - chosen, a: 2 })).toBe(0);
    }
  });

  it("lets a clip's gradient pass on the bounds and stops it beyond them", () => {
    const slope = derive(parseFormula("clip(x, -1, 1)"), "x");
    expect([-1.01, -1, 0, 1, 1.01].map((x) => evaluate(slope, { x }))).toEqual([0, 1, 1, 1, 0]);
  });

  it("gives a clip's gradient to the bound that holds", () => {
    const at = (x: number, lo: number, hi: number) =>
      ["x", "lo", "hi"].map((name) => evaluate(derive(parseFormula("clip(x, lo, hi)"), name), { x, lo, hi }));
    expect(at(0, -1, 1)).toEqual([1, 0, 0]);
    expect(at(-2, -1, 1)).toEqual([0, 1, 0]);
    expect(at(2, -1, 1)).toEqual([0, 0, 1]);
    expect(at(-2, 1, 1)).toEqual([0, 1, 0]);
    expect(at(2, 1, 1)).toEqual([0, 0, 1]);
    // Bounds the wrong way round: the value is hi.
    expect([at(0, 1, -1), at(2, 1, -1), at(-2, 1, -1)]).toEqual([
      [0, 0, 1],
      [0, 0, 1],
      [0, 0, 1],
    ]);
  });

  it("gives abs the slope 0 at 0", () => {
    expect(evaluate(derive(parseFormula("abs(x)"), "x"), { x: 0 })).toBe(0);
  });

  it("repeats the value of tanh as one and the same subtree", () => {
    const formula = parseFormula("tanh(w * x + b)");
    const calls = [...subtrees(derive(formula, "b"))].filter(
      (tree) => tree.kind === "call" && tree.fn === "tanh",
    );
    expect(calls.length).toBe(2);
    expect(new Set(calls).size).toBe(1);
    expect(keyOf(calls[0]!)).toBe(keyOf(formula));
  });

  it("agrees with central differences of random formulas, away from kinks", () => {
    let compared = 0;
    fc.assert(
      fc.property(randomFormula, randomValues, fc.constantFrom(...names), (formula, values, name) => {
        fc.pre(isTame(formula, values) && isSmooth(formula, values, 1e-2));
        const compute = compileFormula(formula, names);
        const at = (h: number) => compute(names.map((each) => values[each]! + (each === name ? h : 0)));
        const difference = (h: number) => (at(h) - at(-h)) / (2 * h);
        const [coarse, fine] = [difference(2e-5), difference(1e-5)];
        // Where two step widths disagree, the difference says nothing about the derivative.
        fc.pre(Math.abs(coarse - fine) <= 1e-6 * (1 + Math.abs(fine)));
        const exact = evaluate(derive(formula, name), values);
        expect(Math.abs(exact - fine)).toBeLessThanOrEqual(1e-4 * (1 + Math.abs(fine)));
        if (exact !== 0) compared++;
      }),
      { numRuns: runs(6000) },
    );
    // Most random formulas lack the name; enough must have it.
    expect(compared).toBeGreaterThan(100);
  });
});

function* subtrees(formula: Formula): Generator<Formula> {
  yield formula;
  if (formula.kind === "call") for (const arg of formula.args) yield* subtrees(arg);
}
