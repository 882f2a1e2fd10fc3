import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSmooth, isTame, randomFormula, randomValues } from "../../test/support/randomFormula.js";
import { runs } from "../../test/support/runs.js";
import { evaluate } from "./evaluate.js";
import { keyOf } from "./keys.js";
import { parseFormula } from "./parse.js";
import { print } from "./print.js";
import { simplify } from "./simplify.js";

describe("simplify", () => {
  it.each([
    ["2 * 3 + 1", "7"],
    ["x * 0 + y", "y"],
    ["1 * x * 1", "x"],
    ["0 + x + 0 - 0", "x"],
    ["x - x", "0"],
    ["tanh(x + y) - tanh(x + y)", "0"],
    ["x + x", "2 * x"],
    ["x / 1", "x"],
    ["0 / x", "0"],
    ["x * 2 * 3", "6 * x"],
    ["2 * x * (3 * y)", "6 * (x * y)"],
    ["2 * (3 / x)", "6 / x"],
    ["4 * x / 2", "2 * x"],
    ["1 + x + 2", "x + 3"],
    ["1 - (3 - x)", "x - 2"],
    ["1 - (x - 3)", "4 - x"],
    ["1 - (1 - x)", "x"],
    ["x - 2 + 2", "x"],
    ["--x", "x"],
    ["-(x - y)", "y - x"],
    ["x - -y", "x + y"],
    ["x + -y", "x - y"],
    ["-x + y", "y - x"],
    ["-x * -y", "x * y"],
    ["-x * y", "-(x * y)"],
    ["x / -y", "-(x / y)"],
    ["-1 * x", "-x"],
    ["-(2 * x)", "-2 * x"],
    ["-2 * -x", "2 * x"],
    ["0 - x", "-x"],
    ["where(1, x, y)", "x"],
    ["where(less(2, 1), x, y)", "y"],
    ["where(x, y, y)", "y"],
    ["clip(5, -1, 1)", "1"],
    ["clip(clip(x, -1, 1), -1, 1)", "clip(x, -1, 1)"],
    ["min(x, x) + max(y, y)", "x + y"],
    ["less(x, x)", "0"],
    ["abs(-abs(x))", "abs(x)"],
    ["tanh(0) + sigmoid(0)", "0.5"],
  ])("turns %s into %s", (text, short) => {
    expect(print(simplify(parseFormula(text)))).toBe(short);
  });

  it.each(["1 / 0", "0 / 0", "log(0)", "sqrt(-1)", "log(-1)", "exp(1000)"])("leaves %s as it is", (text) => {
    expect(print(simplify(parseFormula(text)))).toBe(text);
  });

  it.each([
    ["1e200 * (1e200 * x)", 1e-300],
    ["1e-200 * (1e-200 * x)", 1e300],
    ["1e308 + (1e308 + x)", -1e308],
    ["1e200 * x / 1e-200", 1e-300],
    ["1e-200 * x / 1e200", 1e300],
  ])("does not join the constants of %s, which overflow or underflow without x", (text, x) => {
    const formula = parseFormula(text);
    expect(evaluate(simplify(formula), { x })).toBe(evaluate(formula, { x }));
  });

  it("keeps the value, up to rounding", () => {
    fc.assert(
      fc.property(randomFormula, randomValues, (formula, values) => {
        fc.pre(isTame(formula, values) && isSmooth(formula, values, 1e-7));
        expect(evaluate(simplify(formula), values)).toBeCloseTo(evaluate(formula, values), 7);
      }),
      { numRuns: runs(3000) },
    );
  });

  it("leaves nothing for a second time", () => {
    fc.assert(
      fc.property(randomFormula, (formula) => {
        const once = simplify(formula);
        expect(keyOf(simplify(once))).toBe(keyOf(once));
      }),
      { numRuns: runs(3000) },
    );
  });
});
