import { expect, it } from "vitest";
import { parseFormula } from "./parse.js";
import { print } from "./print.js";
import { name, namesIn, substitute } from "./tree.js";

it("namesIn lists each name once, in order of appearance, and no functions", () => {
  expect([...namesIn(parseFormula("tanh(b * a) + b - 2"))]).toEqual(["b", "a"]);
});

it("substitute replaces every occurrence at once, so that names can change places", () => {
  const swapped = substitute(parseFormula("a - tanh(b) * a"), { a: name("b"), b: parseFormula("a + 1") });
  expect(print(swapped)).toBe("b - tanh(a + 1) * b");
});

it("substitute finds no replacement in what objects inherit", () => {
  const formula = parseFormula("constructor + toString");
  expect(substitute(formula, {})).toEqual(formula);
});
