import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arithmeticTask, ModularArithmetic } from "./modularArithmetic.js";
import { MultiQueryRecall, zoologyRecall } from "./multiQueryRecall.js";
import { Parity, parityTask } from "./parity.js";
import { random } from "./random.js";
import type { TokenTask } from "./tokens.js";

const seeds = fc.integer({ min: 0, max: 10_000 });
const episodeOf = (task: TokenTask, seed: number, index = 0) => task.episode(random(seed, "test", index));

describe.each<[string, TokenTask]>([
  ["multi-query recall", new MultiQueryRecall(zoologyRecall)],
  ["parity", new Parity(parityTask)],
  ["modular arithmetic", new ModularArithmetic(arithmeticTask)],
])("%s", (_, task) => {
  it("has tokens that there are, and a right answer for each step that asks for one", () => {
    const { tokens, asked, right } = episodeOf(task, 1);
    expect([tokens.length, asked.length, right.length]).toEqual([task.steps, task.questions, task.questions]);
    expect(Math.max(...tokens)).toBeLessThan(task.tokens);
    expect(Math.max(...right)).toBeLessThan(task.answers);
    expect(Array.from(asked)).toEqual([...new Set(asked)].sort((a, b) => a - b));
    expect(Math.max(...asked)).toBeLessThan(task.steps);
  });

  it("is the same for the same random numbers, and another for others", () => {
    expect(episodeOf(task, 3, 7)).toEqual(episodeOf(task, 3, 7));
    expect(episodeOf(task, 3, 7)).not.toEqual(episodeOf(task, 3, 8));
  });
});

describe("multi-query recall", () => {
  it("shows keys with their values, and wants the value of each key once", () => {
    const sizes = fc.record({
      pairs: fc.integer({ min: 1, max: 12 }),
      more: fc.integer({ min: 0, max: 20 }),
    });
    fc.assert(
      fc.property(sizes, seeds, ({ pairs, more }, seed) => {
        const task = new MultiQueryRecall({
          ...zoologyRecall,
          vocabulary: 64,
          pairs,
          length: 4 * pairs + more,
        });
        const { tokens, asked, right } = episodeOf(task, seed);
        const shown = new Map(Array.from({ length: pairs }, (_, k) => [tokens[2 * k]!, tokens[2 * k + 1]!]));
        expect(shown.size).toBe(pairs);
        for (const [key, value] of shown) {
          expect(key).toBeGreaterThan(0);
          expect(key).toBeLessThan(32);
          expect(value).toBeGreaterThanOrEqual(32);
        }
        expect(new Set(shown.values()).size).toBe(pairs);
        expect(Array.from(right)).toEqual(Array.from(asked, (step) => shown.get(tokens[step]!)));
        expect(new Set(Array.from(asked, (step) => tokens[step])).size).toBe(pairs);
        const others = tokens.slice(2 * pairs).filter((_, k) => !asked.includes(2 * pairs + k));
        expect(others.some((token) => shown.has(token))).toBe(false);
        for (const step of asked) expect([step >= 2 * pairs, step % 2]).toEqual([true, 0]);
      }),
    );
  });

  it("asks near by more often than far away, as the power law says", () => {
    const task = new MultiQueryRecall({ ...zoologyRecall, pairs: 1, length: 10 });
    const times = [0, 0, 0, 0];
    const episodes = 4000;
    for (let k = 0; k < episodes; k++) times[(episodeOf(task, 5, k).asked[0]! - 2) / 2]!++;
    const weights = [1, 2, 3, 4].map((rank) => rank ** (zoologyRecall.power - 1));
    const total = weights.reduce((sum, each) => sum + each, 0);
    times.forEach((count, k) => {
      const expected = (episodes * weights[k]!) / total;
      expect(Math.abs(count - expected)).toBeLessThan(4 * Math.sqrt(expected));
    });
  });

  it("says what it cannot be", () => {
    const of = (other: Partial<typeof zoologyRecall>) => () =>
      new MultiQueryRecall({ ...zoologyRecall, ...other });
    expect(of({ length: 15 })).toThrow("length must be a whole number of at least 16, got 15");
    expect(of({ vocabulary: 8 })).toThrow("pairs must be at most 3, a key each, got 4");
    expect(of({ vocabulary: 9 })).toThrow("vocabulary must be even and at most 65536, got 9");
    expect(of({ power: 0 })).toThrow("power must be above 0, got 0");
  });
});

describe("parity", () => {
  it("is whether the ones so far are odd in number", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), seeds, (length, seed) => {
        const { tokens, right } = episodeOf(new Parity({ length }), seed);
        const ones = (t: number) => tokens.slice(0, t + 1).filter((bit) => bit === 1).length;
        expect(Array.from(right)).toEqual(Array.from(tokens, (_, t) => ones(t) % 2));
      }),
    );
  });

  it("needs at least one bit", () => {
    expect(() => new Parity({ length: 0 })).toThrow("length must be a whole number of at least 1, got 0");
  });
});

describe("modular arithmetic", () => {
  /** Whole numbers, products first; the same by other means. */
  const calculated = (words: readonly string[]) =>
    words
      .join(" ")
      .replaceAll(" - ", " + -1 * ")
      .split(" + ")
      .reduce(
        (sum, term) => sum + term.split(" * ").reduce((product, each) => product * BigInt(each), 1n),
        0n,
      );

  it("is what the numbers and operators so far amount to", () => {
    const sizes = fc.record({
      modulus: fc.integer({ min: 2, max: 9 }),
      numbers: fc.integer({ min: 1, max: 15 }),
    });
    fc.assert(
      fc.property(sizes, seeds, ({ modulus, numbers }, seed) => {
        const { tokens, asked, right } = episodeOf(new ModularArithmetic({ modulus, numbers }), seed);
        const words = Array.from(tokens, (token) =>
          token < modulus ? String(token) : "+-*"[token - modulus]!,
        );
        const m = BigInt(modulus);
        asked.forEach((step, k) => {
          const value = calculated(words.slice(0, step + 1));
          expect(BigInt(right[k]!)).toBe(((value % m) + m) % m);
        });
      }),
    );
  });

  it("says what it cannot be", () => {
    expect(() => new ModularArithmetic({ modulus: 1, numbers: 3 })).toThrow(
      "modulus must be a whole number of at least 2",
    );
    expect(() => new ModularArithmetic({ modulus: 5, numbers: 0 })).toThrow(
      "numbers must be a whole number of at least 1",
    );
  });
});
