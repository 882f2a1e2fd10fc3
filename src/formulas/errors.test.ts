import { describe, expect, it } from "vitest";
import { columnOfName, didYouMean, FormulaError, quote } from "./errors.js";

describe("FormulaError", () => {
  it("puts the caret under the column", () => {
    expect(new FormulaError("odd", "a + $", 4).message).toBe("odd\n  a + $\n      ^");
  });

  it("puts the caret behind the text where something is missing", () => {
    expect(new FormulaError("odd", "a +", 3).message).toBe("odd\n  a +\n     ^");
  });

  it("shows control characters as spaces, so that the caret stays in place", () => {
    expect(new FormulaError("odd", "\ta\0+$", 4).message).toBe("odd\n   a +$\n      ^");
  });

  it("keeps the formula and the column when a place is put before it", () => {
    const inner = new FormulaError("odd", "a + $", 4);
    const outer = inner.at("rule r");
    expect(outer).toMatchObject({ problem: "rule r: odd", formula: "a + $", column: 4, cause: inner });
  });
});

describe("didYouMean", () => {
  it.each([
    ["etta", "eta"],
    ["tahn", "tanh"],
    ["sigmiod", "sigmoid"],
    ["mx", "max"],
  ])("finds for %j the name %j", (word, near) => {
    expect(didYouMean(word, ["pre", "eta", "tanh", "sigmoid", "max"])).toBe(`; did you mean "${near}"?`);
  });

  it.each(["G", "xyz", "", "completelyDifferent", "x".repeat(4000)])("finds nothing near %j", (word) => {
    expect(didYouMean(word, ["H", "eta", "tanh", "sigmoid", "max"])).toBe("");
  });
});

it("columnOfName finds a whole word, not a part of one nor an exponent", () => {
  expect(columnOfName("eta2 * 1e5 + eta + e5", "eta")).toBe(13);
  expect(columnOfName("eta2 * 1e5 + eta + e5", "e5")).toBe(19);
});

it("quote cuts long texts short", () => {
  expect(quote("x".repeat(100))).toBe(`"${"x".repeat(40)}..."`);
});
