import { describe, expect, it } from "vitest";
import { FormulaError } from "./errors.js";
import { evaluate } from "./evaluate.js";
import { parseFormula } from "./parse.js";
import { call, name, number } from "./tree.js";

/** The error that parsing a text throws. */
function errorOf(text: string): FormulaError {
  try {
    parseFormula(text);
  } catch (error) {
    if (error instanceof FormulaError) return error;
    throw error;
  }
  throw new Error(`"${text}" was accepted`);
}

describe("parseFormula", () => {
  it("reads the update of a decaying Hebbian trace", () => {
    expect(parseFormula("(1 - eta) * H + eta * pre * post")).toEqual(
      call(
        "add",
        call("mul", call("sub", number(1), name("eta")), name("H")),
        call("mul", call("mul", name("eta"), name("pre")), name("post")),
      ),
    );
  });

  it.each([
    ["1 - 2 - 3", -4],
    ["8 / 4 / 2", 1],
    ["2 + 3 * 4", 14],
    ["(2 + 3) * 4", 20],
    ["-2 * -3", 6],
    ["2 - -3", 5],
    ["- - 2", 2],
    ["+2 - +(1)", 1],
    ["-(2 + 3)", -5],
    [".5 + 1e-1 + 2.E1 + 3", 23.6],
    ["clip(7, -1, 1) + min(1, 2) + max(1, 2)", 4],
    ["\tabs(\n-3\n)\r\n", 3],
  ])("computes %j as %d", (text, value) => {
    expect(evaluate(parseFormula(text), {})).toBeCloseTo(value, 14);
  });

  it("accepts Greek letters, digits and underscores in names", () => {
    expect(evaluate(parseFormula("η_1 * x2"), { η_1: 3, x2: 5 })).toBe(15);
  });

  it("reads a number with signs as one number, as it would be printed", () => {
    expect(parseFormula("clip(x, -1, 1)")).toEqual(call("clip", name("x"), number(-1), number(1)));
    expect(parseFormula("x / -+2")).toEqual(call("div", name("x"), number(-2)));
    expect(parseFormula("--2")).toEqual(number(2));
    expect(parseFormula("-0")).toEqual(call("neg", number(0)));
  });

  // A column of [text, column of the caret, part of the message].
  it.each([
    ["", 0, "got the end of the formula"],
    ["tahn(pre) * post", 0, 'did you mean "tanh"?'],
    ["1 + foo(pre)", 4, 'unknown function "foo", expected one of min, max'],
    ["a + tanh(x, y)", 4, "expected tanh(x), got 2 arguments"],
    ["clip(x, 1)", 0, "expected clip(x, lo, hi), got 2 arguments"],
    ["min()", 0, "expected min(a, b), got 0 arguments"],
    ["2 * tanh", 4, "got the function tanh; write tanh(x)"],
    ["tanh(x", 6, 'expected an operator, "," or ")", got the end of the formula'],
    ["(a + b", 6, 'expected an operator or ")", got the end'],
    ["a + b)", 5, 'got ")"'],
    ["min(a b)", 6, 'got "b"'],
    ["min(a,)", 6, 'got ")"'],
    ["min(,a)", 4, 'got ","'],
    ["a b", 2, 'got "b"'],
    ["a; b", 1, 'got ";"'],
    ["(a;)", 2, 'got ";"'],
    ["(a, b)", 2, 'got ","'],
    ["a + * b", 4, 'got "*"'],
    ["2x", 1, "products as 2 * x"],
    ["2 (x)", 2, "write a product with *"],
    ["(a)(b)", 3, "write a product with *"],
    ["(tanh)(b)", 6, "write a product with *"],
    ["tanh(a)(b)", 7, "write a product with *"],
    ["a ^ b", 2, "write a power as a product"],
    ["a ** b", 2, "write a power as a product"],
    ["a < b", 2, "write less(a, b)"],
    ["a == b", 2, "comparisons are less(a, b)"],
    ["a && b", 2, "conditions where(condition, a, b)"],
    ["H = a", 2, "only the right-hand side"],
    ["a ? b : c", 2, "write where(condition, a, b)"],
    ["!a", 0, 'got "!"'],
    ["~a", 0, 'got "~"'],
    ["a.b", 1, "there is no member access"],
    ["a?.b", 1, 'got "?"'],
    ["H[i]", 1, "no arrays"],
    ["[1]", 0, "no arrays"],
    ["'text'", 0, `got "'"`],
    ["true", 0, 'got "true"'],
    ["this", 0, "expected a number, a name"],
    ["1e999", 0, "expected a number that float64 can hold"],
    ["1e", 2, "not a number"],
    ["a + b$", 5, 'got "$" in it'],
    ["a\u2212b", 1, "write minus as -"],
    ["add(a, b)", 0, 'unknown function "add"'],
  ])("refuses %j with the caret at %d", (text, column, part) => {
    const error = errorOf(text);
    expect(error.message).toContain(part);
    expect(error.formula).toBe(text);
    expect(error.column).toBe(column);
  });

  it("shows the line of the formula and a caret below the culprit", () => {
    expect(errorOf("1 +\n  tahn(x) * 2").message.split("\n").slice(1)).toEqual(["    tahn(x) * 2", "    ^"]);
  });

  it("shows only the neighbourhood of the culprit in a long formula", () => {
    const [, line, caret] = errorOf(`${"a + ".repeat(60)}$ + ${"b + ".repeat(40)}b`).message.split("\n");
    expect(line!.length).toBeLessThan(135);
    expect(line![caret!.indexOf("^")]).toBe("$");
  });

  it("refuses what is too long and what nests too deeply", () => {
    expect(errorOf("x".repeat(4097)).message).toContain("at most 4096 characters, got 4097");
    const sum = (terms: number) => Array.from({ length: terms }, () => "x").join(" + ");
    expect(errorOf(sum(130)).message).toContain("at most 128 levels");
    expect(evaluate(parseFormula(sum(129)), { x: 1 })).toBe(129);
  });
});
