import { describe, expect, it } from "vitest";
import { evaluate } from "../formulas/index.js";
import {
  abcd,
  clippedHebb,
  clippedModulation,
  decayingHebb,
  deltaRule,
  fanOutModulation,
  fastWeights,
  frozen,
  modulatedReadClip,
  nonplastic,
  oja,
  readClip,
  retroactive,
  simpleModulation,
  softClip,
  stpn,
} from "./index.js";

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

  it.each([simpleModulation, fanOutModulation, clippedModulation])(
    "of $name adds m * pre * post, within its bounds",
    (rule) => {
      // 0.4 + -0.3 * (2 * -0.5)
      expect(evaluate(rule.update.H!, { ...state, m: -0.3 })).toBeCloseTo(0.7, 15);
      const bound = rule === simpleModulation ? 1 : 2;
      expect(evaluate(rule.update.H!, { ...state, m: -30 })).toBe(bound);
      expect(evaluate(rule.update.H!, { ...state, m: 30 })).toBe(-bound);
    },
  );

  it("of retroactive writes the old eligibility into H, then lets it decay towards pre * post", () => {
    const eligible = { ...state, E: 0.5, m: 0.6 };
    expect(evaluate(retroactive.update.H!, eligible)).toBeCloseTo(0.4 + 0.6 * 0.5, 15);
    expect(evaluate(retroactive.update.E!, eligible)).toBeCloseTo(0.9 * 0.5 + 0.1 * -1, 15);
    expect(evaluate(retroactive.update.H!, { ...eligible, m: 9 })).toBe(1);
  });

  it("of softClip goes a share of the way that is left to the bound", () => {
    // 0.1 * (2 * -0.5) = -0.1, of which 1 + 0.4 counts; upwards 1 - 0.4 does.
    expect(evaluate(softClip.update.H!, state)).toBeCloseTo(0.4 - 0.1 * 1.4, 15);
    expect(evaluate(softClip.update.H!, { ...state, pre: -2 })).toBeCloseTo(0.4 + 0.1 * 0.6, 15);
    expect(evaluate(softClip.update.H!, { ...state, H: 1, pre: -2 })).toBe(1);
  });

  it.each([
    [readClip, { ...state, pre: -100 }],
    [modulatedReadClip, { ...state, pre: -100, m: 0.1 }],
  ])("of $name knows no bound, but alpha sees the trace within [-2, 2] (%#)", (rule, values) => {
    const H = evaluate(rule.update.H!, values);
    expect(H).toBeCloseTo(0.4 + 0.1 * 50, 12);
    expect(evaluate(rule.weight, { ...state, H })).toBeCloseTo(1 + 0.5 * 2, 15);
    expect(evaluate(rule.weight, { ...state, H: -H })).toBeCloseTo(1 - 0.5 * 2, 15);
    expect(evaluate(rule.weight, state)).toBeCloseTo(1.2, 15);
  });

  it("of stpn decays and grows at the connection's own pace, and is added to w as it is", () => {
    const fast = { ...state, F: 0.4, lambda: 0.5, gamma: 0.2 };
    expect(evaluate(stpn.update.F!, fast)).toBeCloseTo(0.5 * 0.4 + 0.2 * -1, 15);
    expect(evaluate(stpn.weight, fast)).toBeCloseTo(1.4, 15);
    expect(stpn.params.lambda!.per).toBe("connection");
    expect(stpn.params.gamma!.per).toBe("connection");
  });

  it("of abcd has a term for both neurons, each of them, and none", () => {
    const constants = { ...state, A: 3, B: 5, C: 7, D: 11 };
    expect(evaluate(abcd.update.H!, constants)).toBeCloseTo(0.4 + 0.1 * (3 * -1 + 5 * 2 + 7 * -0.5 + 11), 14);
  });

  it("of deltaRule makes a key of length 1 recall the value, if beta is 1", () => {
    const key = [0.6, -0.8];
    const before = [0.3, -0.2];
    const recalled = key.reduce((sum, pre, i) => sum + pre * before[i]!, 0);
    const after = before.map((H, i) =>
      evaluate(deltaRule.update.H!, { H, pre: key[i]!, post: 0.77, beta: 1, recalled }),
    );
    const weights = after.map((H) => evaluate(deltaRule.weight, { H }));
    expect(key.reduce((sum, pre, i) => sum + pre * weights[i]!, 0)).toBeCloseTo(0.77, 14);
  });

  it("of fastWeights decays by lambda", () => {
    expect(evaluate(fastWeights.update.A!, { ...state, A: 0.4, lambda: 0.5 })).toBeCloseTo(0.2 - 0.1, 15);
  });

  it("of a frozen rule keeps every trace; weight and parameters stay the rule's", () => {
    const still = frozen(retroactive);
    expect(evaluate(still.update.H!, { ...state, E: 0.5 })).toBe(0.4);
    expect(evaluate(still.update.E!, { ...state, E: 0.5 })).toBe(0.5);
    expect(still.weight).toBe(retroactive.weight);
    expect(still.params).toBe(retroactive.params);
    expect(still.definition.update).toEqual({ H: "H", E: "E" });
  });

  it("starts from an empty trace and a learning rate of 0.01 a layer", () => {
    for (const rule of [decayingHebb, oja, clippedHebb]) {
      expect(rule.initial).toEqual({ H: 0 });
      expect(rule.params.eta).toEqual({ per: "layer", init: 0.01 });
      expect(rule.source).toMatch(/20\d\d/);
    }
  });
});
