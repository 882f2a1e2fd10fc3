import * as fc from "fast-check";
import { expect, it } from "vitest";
import { randomFormula } from "../../test/support/randomFormula.js";
import { exchange, keyOf, same } from "./keys.js";
import { parseFormula } from "./parse.js";

it("gives equal trees equal keys, and different trees different ones", () => {
  fc.assert(
    fc.property(randomFormula, randomFormula, (a, b) => {
      expect(keyOf(structuredClone(a))).toBe(keyOf(a));
      expect(keyOf(a) === keyOf(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
    }),
  );
});

it.each([
  ["a + b", "b + a"],
  ["a - b", "a + b"],
  ["a + (b + c)", "a + b + c"],
  ["1", "x1"],
  ["min(a, b)", "max(a, b)"],
])("tells %s from %s", (a, b) => {
  expect(same(parseFormula(a), parseFormula(b))).toBe(false);
});

it("exchanges every subtree that equals a part", () => {
  const by = parseFormula("y");
  const exchanged = exchange(
    parseFormula("d * (1 - tanh(z + u) * tanh(z + u)) + z"),
    parseFormula("tanh(z + u)"),
    by,
  );
  expect(same(exchanged, parseFormula("d * (1 - y * y) + z"))).toBe(true);
});
