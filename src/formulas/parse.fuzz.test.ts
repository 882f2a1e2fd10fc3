import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "../../test/support/runs.js";
import { derive } from "./derive.js";
import { FormulaError } from "./errors.js";
import { compileFormula } from "./evaluate.js";
import { hoist } from "./hoist.js";
import { keyOf } from "./keys.js";
import { parseFormula } from "./parse.js";
import { print } from "./print.js";
import { callable } from "./signatures.js";
import { simplify } from "./simplify.js";
import { type Formula, namesIn } from "./tree.js";

/** Processor time: far above what any input takes, far below what a browser's user notices as a hang. */
const LIMIT_MS = 1000;

/** Parses, and does with a formula what the library does; anything thrown but a FormulaError fails the test. */
function survive(text: string): void {
  const start = process.cpuUsage();
  let formula: Formula | null = null;
  try {
    formula = parseFormula(text);
  } catch (error) {
    if (!(error instanceof FormulaError)) throw error;
    expect(error.column).toBeGreaterThanOrEqual(0);
    expect(error.column).toBeLessThanOrEqual(text.length);
  }
  if (formula) {
    const names = [...namesIn(formula)];
    for (const name of names.slice(0, 2)) {
      const derivative = hoist(derive(formula, name), () => "connection");
      compileFormula(derivative, names)(names.map(() => 0.5));
      print(derivative);
    }
    keyOf(simplify(formula));
  }
  const { user, system } = process.cpuUsage(start);
  expect((user + system) / 1000).toBeLessThan(LIMIT_MS);
}

const tokens = [
  ..."+-*/()(),,.^%<>=!~?:;[]{}'\"`\\@#$&|".split(""),
  ...["**", "==", "=>", "??", "?.", "...", "<<", "&&", "//", "/*", "\n", "\t", "\0", "\u2028", "\ud800"],
  ...[
    "pre",
    "post",
    "H",
    "w",
    "\u03b7",
    "1",
    "0.5",
    "1e-3",
    "1e999",
    "0x10",
    "1_000",
    "1n",
    "this",
    "null",
    "new",
  ],
  ...[
    "constructor",
    "__proto__",
    "toString",
    "prototype",
    "hasOwnProperty",
    "eval",
    "Function",
    "globalThis",
  ],
  ...callable,
];

describe("parseFormula on hostile input", () => {
  it("throws nothing but a FormulaError on arbitrary text", () => {
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 300 }), survive), { numRuns: runs(3000) });
  });

  it("throws nothing but a FormulaError on arbitrary sequences of tokens", () => {
    const soup = fc.array(fc.constantFrom(...tokens), { maxLength: 60 });
    fc.assert(
      fc.property(soup, fc.constantFrom("", " "), (parts, gap) => survive(parts.join(gap))),
      { numRuns: runs(9000) },
    );
  });

  it("survives sequences of tokens that are nearly formulas", () => {
    const operand = fc.constantFrom(
      "pre",
      "post",
      "H",
      "2",
      "-1",
      "tanh(H)",
      "(pre + 1)",
      "constructor",
      "min(H, 0)",
    );
    const operator = fc.constantFrom("+", "-", "*", "/");
    const chain = fc.array(fc.tuple(operand, operator), { maxLength: 30 });
    fc.assert(
      fc.property(chain, operand, (parts, last) => survive(parts.flat().join(" ") + last)),
      { numRuns: runs(900) },
    );
  });

  it("never overflows the stack, however deep the nesting", () => {
    const openings = [
      "(",
      "-",
      "- ",
      "+-",
      "tanh(",
      "min(x,",
      "((-",
      "x(",
      "x+(",
      "x*",
      "x-",
      "x/",
      "[",
      "!",
      "x.",
      "x?",
    ];
    for (const opening of openings) {
      for (const depth of [1, 20, 127, 128, 129, 500, 100_000]) {
        const open = opening.repeat(depth);
        survive(open);
        survive(`${open}x`);
        survive(`${open}x${")".repeat(depth)}`);
      }
    }
  });

  it("derives, simplifies and prints the deepest formulas that it accepts", () => {
    for (const fn of callable) {
      const rest = {
        min: ", y",
        max: ", y",
        less: ", y",
        clip: ", -1, y",
        where: ", y, x",
        within: ", 0, y",
      }[fn as string];
      const text = `${`${fn}(`.repeat(120)}x${`${rest ?? ""})`.repeat(120)}`;
      expect(() => parseFormula(text), fn).not.toThrow();
      survive(text);
    }
    for (const operator of "+-*/") survive(Array.from({ length: 129 }, () => "x").join(operator));
  });

  it("runs no code and finds nothing that objects inherit", () => {
    const attacks = [
      "constructor('globalThis.owned = 1')()",
      "constructor.constructor('globalThis.owned = 1')()",
      "toString.constructor(1)(2)",
      "toString()",
      "hasOwnProperty(x)",
      "__proto__(x)",
      "eval(x)",
      "Function(x)",
      "valueOf(1)",
      "globalThis.owned = 1",
      "(() => x)()",
      "`x`",
      "x['constructor']",
      "import(x)",
      "new Function(x)",
    ];
    for (const attack of attacks) expect(() => parseFormula(attack), attack).toThrow(FormulaError);
    expect("owned" in globalThis).toBe(false);
  });

  it("treats inherited names as names like any other", () => {
    for (const name of ["constructor", "toString", "__proto__", "hasOwnProperty"]) {
      const formula = parseFormula(`2 * ${name}`);
      expect(compileFormula(formula, [name])([21])).toBe(42);
      expect(() => compileFormula(formula, ["x"])).toThrow(FormulaError);
    }
  });
});
