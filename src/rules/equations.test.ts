import { describe, expect, it } from "vitest";
import { evaluate } from "../formulas/index.js";
import { clippedHebb, decayingHebb, nonplastic, oja } from "./index.js";

/** One connection before a step, in numbers that a hand can multiply. */
const state = { w: 1, alpha: 0.5, eta: 0.1, H: 0.4, pre: 2, post: -0.5 };

describe("the effective weight", () => {
  it.each([decayingHebb, oja, clippedHebb])("of $name is w + alpha * H", (rule) => {
    expect(evaluate(rule.weight, state)).toBeCloseTo(1 + 0.5 * 0.4, 15);
  });

  it("of a nonplastic connection is w, and nothing is updated", () => {
    expect(evaluate(nonplastic.weight, state)).toBe(1);
    expect(nonplastic.update).toEqual({});
    expect(Object.keys(nonplastic.params)).toEqual(["w"]);
  });
});

describe("the trace update", () => {
  it("of decayingHebb mixes the old trace and pre * post", () => {
    // 0.9 * 0.4 + 0.1 * (2 * -0.5) = 0.36 - 0.1
    expect(evaluate(decayingHebb.update.H!, state)).toBeCloseTo(0.26, 15);
  });

  it("of oja adds eta * post * (pre - post * H)", () => {
    // 2 - (-0.5 * 0.4) = 2.2; 0.4 + 0.1 * -0.5 * 2.2 = 0.4 - 0.11
    expect(evaluate(oja.update.H!, state)).toBeCloseTo(0.29, 15);
  });

  it("of oja rests where pre = post * H", () => {
    expect(evaluate(oja.update.H!, { ...state, pre: -0.2 })).toBeCloseTo(0.4, 15);
  });

  it("of clippedHebb adds eta * pre * post and stays within [-1, 1]", () => {
    // 0.4 + 0.1 * (2 * -0.5)
    expect(evaluate(clippedHebb.update.H!, state)).toBeCloseTo(0.3, 15);
    expect(evaluate(clippedHebb.update.H!, { ...state, pre: -100 })).toBe(1);
    expect(evaluate(clippedHebb.update.H!, { ...state, pre: 100 })).toBe(-1);
  });

  it("starts from an empty trace and a learning rate of 0.01 a layer", () => {
    for (const rule of [decayingHebb, oja, clippedHebb]) {
      expect(rule.initial).toEqual({ H: 0 });
      expect(rule.params.eta).toEqual({ per: "layer", init: 0.01 });
      expect(rule.source).toMatch(/20\d\d/);
    }
  });
});
