import { describe, expect, it } from "vitest";
import { compileFormula, evaluate } from "./evaluate.js";
import { parseFormula } from "./parse.js";

describe("evaluate", () => {
  it("computes one step of a decaying Hebbian trace", () => {
    const formula = parseFormula("(1 - eta) * H + eta * pre * post");
    expect(evaluate(formula, { eta: 0.1, H: 0.5, pre: 2, post: -1 })).toBeCloseTo(0.25, 15);
  });

  it("takes no part of a branch that is not chosen", () => {
    expect(evaluate(parseFormula("where(less(x, 0), log(x), x)"), { x: 2 })).toBe(2);
  });

  it("names an unknown name, where it stands, and what it may have meant", () => {
    expect(() => evaluate(parseFormula("1 + 2 * etta"), { eta: 1, etta2: 3 })).toThrow(
      'unknown name "etta", expected no names at all\n  1 + 2 * etta\n          ^',
    );
  });

  it("finds no value in what objects inherit", () => {
    expect(() => evaluate(parseFormula("constructor * 2"), {})).toThrow('unknown name "constructor"');
  });
});

describe("compileFormula", () => {
  it("reads the values in the order of the names", () => {
    const compute = compileFormula(parseFormula("a - b"), ["b", "unused", "a"]);
    expect(compute([1, 100, 10])).toBe(9);
    expect(compute(new Float32Array([2, 100, 10]))).toBe(8);
  });

  it("suggests a near name among those given", () => {
    expect(() => compileFormula(parseFormula("1 + etta"), ["pre", "eta"])).toThrow(
      'unknown name "etta", expected one of pre, eta; did you mean "eta"?',
    );
  });
});
