import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomFormula, randomValues } from "../../test/support/randomFormula.js";
import { runs } from "../../test/support/runs.js";
import { evaluate } from "./evaluate.js";
import { parseFormula } from "./parse.js";
import { print } from "./print.js";

describe("print", () => {
  it.each([
    "(1 - eta) * H + eta * pre * post",
    "H + eta * post * (pre - post * H)",
    "a - (b - c) - d",
    "a + (b + c)",
    "a / (b * c) / d",
    "a * (b / c)",
    "-a * b + -(a * b) - -c",
    "-(a + b)",
    "2 * -3 - -1",
    "clip(a + b, -1, 1)",
    "where(less(a, b), -a, tanh(b))",
    "1e-7 * a + 1e+21",
  ])("writes %s as it was", (text) => {
    expect(print(parseFormula(text))).toBe(text);
  });

  it("leaves out parentheses that change nothing", () => {
    expect(print(parseFormula("(((a * b)) + (c)) + (min((a), (b - c)))"))).toBe("a * b + c + min(a, b - c)");
  });

  it("is read back as a formula of the same value, bit for bit", () => {
    fc.assert(
      fc.property(randomFormula, randomValues, (formula, values) => {
        expect(evaluate(parseFormula(print(formula)), values)).toBe(evaluate(formula, values));
      }),
      { numRuns: runs(3000) },
    );
  });

  it("puts no pair of parentheses that could go", () => {
    fc.assert(
      fc.property(randomFormula, (formula) => {
        const text = print(formula);
        for (const [open, close] of groups(text)) {
          const without = `${text.slice(0, open)} ${text.slice(open + 1, close)} ${text.slice(close + 1)}`;
          expect(print(parseFormula(without))).not.toBe(text);
        }
      }),
    );
  });
});

/** Pairs of parentheses that are not a call's. */
function groups(text: string): [number, number][] {
  const open: number[] = [];
  const pairs: [number, number][] = [];
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "(") open.push(i);
    if (text[i] === ")") pairs.push([open.pop()!, i]);
  }
  return pairs.filter(([start]) => !/\w/.test(text[start - 1] ?? ""));
}
