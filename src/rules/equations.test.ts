import { describe, expect, it } from "vitest";
import { evaluate } from "../formulas/index.js";
import {
  abcd,
  bcm,
  clippedHebb,
  clippedModulation,
  comba,
  decayingHebb,
  deltaProduct,
  deltaRule,
  diagonalPlusLowRank,
  fanOutModulation,
  fastWeights,
  frozen,
  gatedDelta,
  gatedDelta2,
  gatedLinearAttention,
  gatedOja,
  kimiDelta,
  linearAttention,
  modulatedReadClip,
  nonplastic,
  oja,
  pairTraces,
  type Rule,
  readClip,
  retention,
  retroactive,
  simpleModulation,
  softClip,
  stpn,
  titans,
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

  it("of a frozen rule keeps traces of neurons too, and reads nothing", () => {
    const still = frozen(bcm);
    expect(evaluate(still.neuronTraces.theta!.update, { theta: 0.3, tau: 0.5, post: 2 })).toBe(0.3);
    expect(frozen(kimiDelta).updateReads).toEqual([]);
    expect(Object.keys(frozen(kimiDelta).vectors)).not.toContain("recalled");
  });

  it("of a frozen rule keeps every trace; weight and parameters stay the rule's", () => {
    const still = frozen(retroactive);
    expect(evaluate(still.update.H!, { ...state, E: 0.5 })).toBe(0.4);
    expect(evaluate(still.update.E!, { ...state, E: 0.5 })).toBe(0.5);
    expect(still.weight).toBe(retroactive.weight);
    expect(still.params).toBe(retroactive.params);
    expect(still.definition.update).toEqual({ H: "H", E: "E" });
  });

  it("of bcm strengthens above the threshold and weakens below it; the threshold follows post squared", () => {
    // 0.4 + 0.1 * 2 * -0.5 * (-0.5 - 0.3)
    expect(evaluate(bcm.update.H!, { ...state, theta: 0.3 })).toBeCloseTo(0.4 + 0.08, 15);
    expect(evaluate(bcm.update.H!, { ...state, theta: -0.7 })).toBeCloseTo(0.4 - 0.02, 15);
    const { per, update } = bcm.neuronTraces.theta!;
    expect(per).toBe("post");
    expect(evaluate(update, { ...state, theta: 0.3, tau: 0.2 })).toBeCloseTo(0.8 * 0.3 + 0.2 * 0.25, 15);
  });

  it("of pairTraces takes the traces of both neurons as they are after the step", () => {
    const rates = { ...state, rx: 0.5, ry: 0.5, up: 0.1, down: 0.2 };
    expect(evaluate(pairTraces.neuronTraces.xbar!.update, { ...rates, xbar: 3 })).toBeCloseTo(3.5, 15);
    const H = evaluate(pairTraces.update.H!, { ...rates, "next(xbar)": 3.5, "next(ybar)": 1.5 });
    expect(H).toBeCloseTo(0.4 + 0.1 * 3.5 * -0.5 - 0.2 * 2 * 1.5, 14);
  });

  /** A column of a memory under a key of length 1, and what the key recalls of it after an update. */
  const key = [0.6, -0.8];
  const column = [0.3, -0.2];
  const value = 0.77;
  const recallAfter = (rule: Rule, given: Readonly<Record<string, number>>, keep = 1) => {
    const recalled = key.reduce((sum, pre, i) => sum + pre * keep * column[i]!, 0);
    const next = column.map((H, i) =>
      evaluate(rule.update.H!, { ...given, H, pre: key[i]!, post: value, recalled }),
    );
    return key.reduce((sum, pre, i) => sum + pre * next[i]!, 0);
  };

  it.each([
    ["gatedDelta", gatedDelta, { g: 0.5, beta: 1 }, 0.5],
    ["kimiDelta", kimiDelta, { a: 0.5, beta: 1 }, 0.5],
    ["comba", comba, { g: 0.5, beta: 1 }, 0.5],
  ] as const)(
    "of %s makes a key of length 1 recall the value after it forgot, if beta is 1",
    (_, rule, given, keep) => {
      expect(recallAfter(rule, given, keep)).toBeCloseTo(value, 14);
    },
  );

  it("of gatedDelta2 writes and erases apart", () => {
    // With nothing erased, what was there and what is written add up.
    const before = key.reduce((sum, pre, i) => sum + pre * column[i]!, 0);
    const next = column.map((H, i) =>
      evaluate(gatedDelta2.update.H!, { a: 1, H, pre: key[i]!, post: value, write: 0.5, recalled: 0 }),
    );
    const after = key.reduce((sum, pre, i) => sum + pre * next[i]!, 0);
    expect(after).toBeCloseTo(before + 0.5 * value, 14);
  });

  it("of linearAttention, retention and gatedLinearAttention differ in what they keep", () => {
    const given = { H: 0.4, pre: 2, post: -0.5, g: 0.5, a: 0.25 };
    expect(evaluate(linearAttention.update.H!, given)).toBeCloseTo(0.4 - 1, 15);
    expect(evaluate(retention.update.H!, given)).toBeCloseTo(0.2 - 1, 15);
    expect(evaluate(gatedLinearAttention.update.H!, given)).toBeCloseTo(0.1 - 1, 15);
    expect(gatedLinearAttention.signals).toEqual({ a: "pre" });
  });

  it("of titans descends the error of recall, with momentum, and forgets", () => {
    const given = { S: 0.2, H: 0.4, pre: 2, post: -0.5, recalled: 0.1, m: 0.5, beta: 0.1, f: 0.25 };
    const S = 0.5 * 0.2 - 2 * 0.1 * 2 * (0.1 + 0.5);
    expect(evaluate(titans.update.S!, given)).toBeCloseTo(S, 15);
    expect(evaluate(titans.update.H!, given)).toBeCloseTo(0.75 * 0.4 + S, 15);
  });

  it("of diagonalPlusLowRank adds what c recalls under e", () => {
    const given = { H: 0.4, pre: 2, post: -0.5, d: 0.5, e: 3, recalled: 0.1 };
    expect(evaluate(diagonalPlusLowRank.update.H!, given)).toBeCloseTo(0.2 + 0.3 - 1, 15);
  });

  it("of gatedOja moves the key by what the value recalls of it", () => {
    const given = { H: 0.4, pre: 2, post: -0.5, a: 0.5, beta: 0.1, recalled: 0.3 };
    expect(evaluate(gatedOja.update.H!, given)).toBeCloseTo(0.2 + 0.1 * 1.7 * -0.5, 15);
    expect(gatedOja.reads.recalled!.per).toBe("pre");
  });

  it("of deltaProduct is two delta rules one after the other", () => {
    const [k1, k2] = [
      [0.6, -0.8],
      [0.5, 0.5],
    ] as const;
    const dot = (a: readonly number[], b: readonly number[]) =>
      a.reduce((sum, each, i) => sum + each * b[i]!, 0);
    const delta = (at: readonly number[], k: readonly number[], v: number, beta: number) =>
      at.map((H, i) => H + beta * k[i]! * (v - dot(k, at)));
    const faded = column.map((H) => 0.9 * H);
    const expected = delta(delta(faded, k1, value, 0.7), k2, -0.3, 0.4);
    const given = { post: value, value2: -0.3, g: 0.9, beta: 0.7, beta2: 0.4 };
    const reads = { first: dot(k1, faded), second: dot(k2, faded), overlap: dot(k1, k2) };
    column.forEach((H, i) => {
      const got = evaluate(deltaProduct.update.H!, { ...given, ...reads, H, pre: k1[i]!, key2: k2[i]! });
      expect(got).toBeCloseTo(expected[i]!, 14);
    });
  });

  it("starts from an empty trace and a learning rate of 0.01 a layer", () => {
    for (const rule of [decayingHebb, oja, clippedHebb]) {
      expect(rule.initial).toEqual({ H: 0 });
      expect(rule.params.eta).toEqual({ per: "layer", init: 0.01 });
      expect(rule.source).toMatch(/20\d\d/);
    }
  });
});
