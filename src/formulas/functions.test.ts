import { describe, expect, it } from "vitest";
import { functionDocs } from "./functionDocs.js";
import { functions } from "./functions.js";
import { arity, callable, isCallable } from "./signatures.js";
import type { FunctionName } from "./tree.js";

const value = (fn: FunctionName, ...args: number[]) =>
  functions[fn].evaluator(...args.map((x) => () => x))([]);

describe("the table of functions", () => {
  it("gives every function as many parameters as its arity says", () => {
    for (const fn of Object.keys(functions) as FunctionName[]) {
      const { evaluator, derivative } = functions[fn];
      expect(evaluator.length, fn).toBe(arity(fn));
      // A derivative that is 0 takes nothing; others take the call, its arguments, and their derivatives.
      expect([0, 1 + 2 * arity(fn)], fn).toContain(derivative.length);
    }
  });

  it.each([
    ["add", [2, 3], 5],
    ["sub", [2, 3], -1],
    ["mul", [2, 3], 6],
    ["div", [3, 2], 1.5],
    ["neg", [2], -2],
    ["min", [2, 3], 2],
    ["max", [2, 3], 3],
    ["abs", [-2], 2],
    ["sign", [-2], -1],
    ["sign", [0], 0],
    ["sqrt", [9], 3],
    ["exp", [1], Math.E],
    ["log", [Math.E], 1],
    ["tanh", [1000], 1],
    ["sigmoid", [0], 0.5],
    ["sigmoid", [-1000], 0],
    ["sigmoid", [1000], 1],
    ["clip", [5, -1, 1], 1],
    ["clip", [-5, -1, 1], -1],
    ["clip", [0.5, -1, 1], 0.5],
    ["clip", [0, 1, -1], -1],
    ["where", [0, 2, 3], 3],
    ["where", [-0.1, 2, 3], 2],
    ["less", [1, 2], 1],
    ["less", [2, 2], 0],
    ["within", [1, -1, 1], 1],
    ["within", [-1, -1, 1], 1],
    ["within", [1.1, -1, 1], 0],
  ] as [FunctionName, number[], number][])("%s of %j is %d", (fn, args, expected) => {
    expect(value(fn, ...args)).toBeCloseTo(expected, 15);
  });

  it("lets NaN through every function of one argument, clip, min and max", () => {
    for (const fn of ["neg", "abs", "sign", "sqrt", "exp", "log", "tanh", "sigmoid"] as const) {
      expect(value(fn, Number.NaN), fn).toBeNaN();
    }
    expect(value("clip", Number.NaN, -1, 1)).toBeNaN();
    expect(value("min", Number.NaN, 1)).toBeNaN();
    expect(value("max", 1, Number.NaN)).toBeNaN();
  });

  it("states a domain exactly for the functions that are not defined everywhere", () => {
    const partial = Object.entries(functionDocs).filter(([, { domain }]) => domain !== undefined);
    expect(partial.map(([fn]) => fn)).toEqual(["div", "sqrt", "log"]);
  });

  it("does not take operators or inherited names for functions to call", () => {
    expect(callable).toContain("tanh");
    for (const name of ["add", "neg", "toString", "constructor", "__proto__"])
      expect(isCallable(name)).toBe(false);
  });
});
