import { describe, expect, test } from "vitest";
import { random } from "../random.js";
import { NeuralCache } from "./neuralCache.js";
import { NgramCache } from "./ngramCache.js";
import type { TextCache } from "./textCache.js";
import { UnigramCache } from "./unigramCache.js";

const [words, units] = [7, 3];
const uniform = 1 / words;
const stateAt = (t: number) => random(1, "h", t).fillNormal(new Float32Array(units), 1);
const wordAt = (t: number) => random(2, "word", t).integer(words);

const caches: Readonly<Record<string, () => TextCache>> = {
  "unigram cache of 5": () => new UnigramCache({ size: 5, share: 0.3 }),
  "unigram cache of all": () => new UnigramCache({ size: Number.POSITIVE_INFINITY, share: 0.3 }),
  "neural cache of 5": () => new NeuralCache({ units, size: 5, theta: 0.7, share: 0.3 }),
  "neural cache of all": () =>
    new NeuralCache({ units, size: Number.POSITIVE_INFINITY, theta: 0.7, share: 0.3 }),
  "n-gram cache": () => new NgramCache({ prior: [6, 2, 1] }),
  "n-gram cache with shares": () => new NgramCache({ prior: [6, 2, 1], share: [0.2, 0.5, 0.4] }),
};

describe.each(Object.keys(caches))("a %s", (name) => {
  test("gives probabilities that sum up to 1, the same one by one as all at once", () => {
    const cache = caches[name]!();
    for (let t = 0; t < 40; t++) {
      const own = Float32Array.from({ length: words }, (_, w) => (2 * (w + 1) * uniform) / (words + 1));
      const h = stateAt(t);
      const singly = Array.from(own, (p, word) => cache.probability(word, p, h));
      cache.mix(own, h);
      expect(singly.reduce((a, b) => a + b)).toBeCloseTo(1, 6);
      singly.forEach((p, word) => {
        expect(own[word], `step ${t}, word ${word}`).toBeCloseTo(p, 6);
      });
      cache.learn(wordAt(t), h);
    }
    expect(cache.bytes).toBeGreaterThan(0);
  });

  test("is the model itself before anything came", () => {
    const own = new Float32Array(words).fill(uniform);
    const cache = caches[name]!();
    cache.mix(own, stateAt(0));
    expect(Array.from(own)).toEqual(Array(words).fill(Math.fround(uniform)));
    expect([cache.probability(3, 0.25, stateAt(0)), cache.bytes]).toEqual([0.25, 0]);
  });
});

describe("a unigram cache", () => {
  test("counts the latest words, and forgets those before", () => {
    const cache = new UnigramCache({ size: 3, share: 0.5 });
    for (const word of [4, 4, 1, 4, 2]) cache.learn(word);
    // 1, 4 and 2 are left.
    expect([4, 1, 2, 0].map((word) => cache.probability(word, 0))).toEqual([1 / 6, 1 / 6, 1 / 6, 0]);
  });
});

describe("a neural cache", () => {
  test("names what came at a similar moment", () => {
    const cache = new NeuralCache({ units: 2, size: 10, theta: 2, share: 1 });
    cache.learn(0, Float32Array.of(1, 0));
    cache.learn(1, Float32Array.of(0, 1));
    cache.learn(0, Float32Array.of(0, 0));
    const [a, b, c] = [Math.exp(2), 1, 1];
    expect(cache.probability(0, 0, Float32Array.of(1, 0))).toBeCloseTo((a + c) / (a + b + c), 12);
  });

  test("of a size holds the latest moments only, also where there are more than it had room for at first", () => {
    const size = 1500;
    const cache = new NeuralCache({ units: 1, size, theta: 0, share: 1 });
    for (let t = 0; t < 2 * size + 7; t++)
      cache.learn(t < size + 7 ? 1 : t % 4 === 0 ? 2 : 3, Float32Array.of(0));
    expect(cache.probability(1, 0, Float32Array.of(0))).toBe(0);
    expect(cache.probability(2, 0, Float32Array.of(0))).toBeCloseTo(0.25, 12);
    expect(cache.bytes).toBe(size * 6);
  });

  test("does not overflow where moments are very similar", () => {
    const cache = new NeuralCache({ units: 1, size: 2, theta: 1000, share: 1 });
    cache.learn(5, Float32Array.of(3));
    expect(cache.probability(5, 0, Float32Array.of(3))).toBe(1);
  });
});

describe("an n-gram cache", () => {
  test("interpolates from the model to the longest context that came before", () => {
    const cache = new NgramCache({ prior: [4, 2, 1] });
    for (const word of [1, 2, 3, 1, 2]) cache.learn(word);
    const p0 = (1 + 4 * uniform) / (5 + 4); // 3 came once among five words
    const p1 = (1 + 2 * p0) / (1 + 2); // once after the one 2 that was followed
    const p2 = (1 + 1 * p1) / (1 + 1); // once after 1 2
    expect(cache.probability(3, uniform)).toBeCloseTo(p2, 12);
  });

  test("stops at a context that it has not seen", () => {
    const cache = new NgramCache({ prior: [4, 2, 1] });
    for (const word of [1, 2, 6]) cache.learn(word);
    expect(cache.probability(6, uniform)).toBeCloseTo((1 + 4 * uniform) / 7, 12);
  });
});

test("an n-gram cache trusts a context no further than its share says", () => {
  const cache = new NgramCache({ prior: [1e-9], share: [0.25] });
  for (let t = 0; t < 50; t++) cache.learn(2);
  expect([cache.probability(2, uniform), cache.probability(3, uniform)]).toEqual([
    expect.closeTo(0.75 * uniform + 0.25, 6),
    expect.closeTo(0.75 * uniform, 6),
  ]);
  expect(() => new NgramCache({ prior: [1, 2], share: [0.5] })).toThrow("share must have 2 numbers");
});

test("caches refuse constants that make no probabilities", () => {
  expect(() => new UnigramCache({ size: 10, share: 1.1 })).toThrow(
    "UnigramCache: share must be a number from 0 to 1",
  );
  expect(() => new NeuralCache({ units, size: 0, theta: 1, share: 0.1 })).toThrow(
    "NeuralCache: size must be",
  );
  expect(() => new NgramCache({ prior: [1, 0] })).toThrow("NgramCache: prior must be numbers above 0");
});
