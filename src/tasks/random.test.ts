import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Random, random } from "./random.js";

const take = (count: number, draw: () => number) => Array.from({ length: count }, draw);
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const anyRandom = fc
  .tuple(fc.maxSafeInteger(), fc.string(), fc.maxSafeNat())
  .map(([seed, stream, index]) => random(seed, stream, index));

/** Correlation of two lists of uniform numbers, whose variance is 1/12. */
const correlation = (a: readonly number[], b: readonly number[]) =>
  12 * mean(a.map((value, i) => (value - 0.5) * (b[i]! - 0.5)));

describe("random", () => {
  test("is a pure function of seed, stream and index", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.string(), fc.maxSafeNat(), (seed, stream, index) => {
        const first = random(seed, stream, index);
        const second = random(seed, stream, index);
        expect(take(20, first.uniform)).toEqual(take(20, second.uniform));
      }),
    );
  });

  test("keeps its numbers from version to version", () => {
    const rng = random(1, "episode", 0);
    expect(take(3, () => rng.integer(1000))).toEqual([920, 2, 992]);
  });

  test("gives unrelated numbers for neighbouring seeds, streams and indices, and for large ones", () => {
    const count = 10_000;
    const streams: [number, string, number][] = [
      [0, "", 0],
      [1, "", 0],
      [-1, "", 0],
      [2 ** 32, "", 0],
      [0, "\0", 0],
      [0, "a", 0],
      [0, "b", 0],
      [0, "ab", 0],
      [0, "ba", 0],
      [0, "", 1],
      [0, "", 2],
      [0, "", 2 ** 32],
      [0, "", 2 ** 40],
    ];
    const drawn = streams.map(([seed, stream, index]) => take(count, random(seed, stream, index).uniform));
    for (let a = 0; a < drawn.length; a++) {
      for (let b = 0; b < a; b++) {
        expect(Math.abs(correlation(drawn[a]!, drawn[b]!))).toBeLessThan(5 / Math.sqrt(count));
      }
    }
  });

  test("gives first numbers that are uniform over episodes, and uncorrelated from one to the next", () => {
    const first = Array.from({ length: 20_000 }, (_, index) => random(7, "episode", index).uniform());
    expect(mean(first)).toBeCloseTo(0.5, 2);
    expect(Math.abs(correlation(first.slice(1), first.slice(0, -1)))).toBeLessThan(
      5 / Math.sqrt(first.length),
    );
  });

  test("refuses a seed or an index that is no whole number", () => {
    expect(() => random(0.5, "a", 0)).toThrow("random: seed must be a whole number, got 0.5");
    expect(() => random(Number.NaN, "a", 0)).toThrow("got NaN");
    expect(() => random(0, "a", -1)).toThrow("random: index must be a whole number from 0, got -1");
  });
});

describe("uniform", () => {
  test("fills ten equal bins of [0, 1) evenly", () => {
    const count = 100_000;
    const bins = new Array<number>(10).fill(0);
    const rng = random(3, "uniform", 0);
    for (let i = 0; i < count; i++) bins[Math.floor(10 * rng.uniform())]!++;
    const chiSquare = bins.reduce((sum, n) => sum + (n - count / 10) ** 2 / (count / 10), 0);
    expect(chiSquare).toBeLessThan(33.7); // 9 degrees of freedom, p = 0.0001
  });

  test("uses more than 32 bits", () => {
    const rng = random(3, "bits", 0);
    const beyond = take(100, () => (rng.uniform() * 2 ** 32) % 1);
    expect(beyond.filter((value) => value !== 0).length).toBeGreaterThan(90);
  });
});

describe("integer", () => {
  test("reaches each of 0 .. n-1 equally often", () => {
    fc.assert(
      fc.property(anyRandom, fc.integer({ min: 1, max: 40 }), (rng, n) => {
        const counts = new Array<number>(n).fill(0);
        for (let i = 0; i < 200 * n; i++) counts[rng.integer(n)]!++;
        expect(counts).toHaveLength(n);
        for (const count of counts) expect(Math.abs(count - 200)).toBeLessThan(6 * Math.sqrt(200) + 1);
      }),
    );
  });

  test("refuses an n that is no whole number from 1 to 2^32", () => {
    for (const n of [0, -1, 1.5, Number.NaN, 2 ** 32 + 1]) {
      expect(() => random(0, "a", 0).integer(n)).toThrow(`from 1 to 2^32, got ${n}`);
    }
  });
});

describe("normal and fillNormal", () => {
  test("have mean 0, variance 1, and the tails of a normal distribution", () => {
    const rng = random(5, "normal", 0);
    const drawn = take(100_000, rng.normal);
    expect(Math.abs(mean(drawn))).toBeLessThan(0.016);
    expect(Math.abs(mean(drawn.map((x) => x * x)) - 1)).toBeLessThan(0.023);
    expect(Math.abs(mean(drawn.map((x) => x ** 4)) - 3)).toBeLessThan(0.16);
    const within = drawn.filter((x) => Math.abs(x) < 1).length / drawn.length;
    expect(Math.abs(within - 0.6827)).toBeLessThan(0.0075);
    expect(Math.abs(mean(drawn.slice(1).map((x, i) => x * drawn[i]!)))).toBeLessThan(0.016);
  });

  test("fillNormal scales by the standard deviation and returns its array", () => {
    const weights = new Float32Array(10_000);
    expect(random(5, "weights", 0).fillNormal(weights, 0.01)).toBe(weights);
    const std = Math.sqrt(mean(Array.from(weights, (x) => x * x)));
    expect(Math.abs(std / 0.01 - 1)).toBeLessThan(0.036);
  });
});

describe("sign, shuffle and choose", () => {
  test("sign is -1 or 1, each half of the time", () => {
    const rng = random(9, "sign", 0);
    const drawn = take(10_000, rng.sign);
    expect(new Set(drawn)).toEqual(new Set([-1, 1]));
    expect(Math.abs(mean(drawn))).toBeLessThan(0.05);
  });

  test("shuffle keeps the elements, works in place, on typed arrays too", () => {
    fc.assert(
      fc.property(anyRandom, fc.array(fc.integer({ min: 0, max: 255 })), (rng, items) => {
        const copy = [...items];
        expect(rng.shuffle(copy)).toBe(copy);
        expect([...copy].sort()).toEqual([...items].sort());
        expect([...rng.shuffle(Uint8Array.from(items))].sort()).toEqual([...items].sort());
      }),
    );
  });

  const countOrders = (draw: (rng: Random) => readonly number[]) => {
    const counts = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const key = draw(random(11, "orders", i)).join("");
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    return counts;
  };

  test("shuffle gives all six orders of three equally often", () => {
    const counts = countOrders((rng) => rng.shuffle([0, 1, 2]));
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  test("choose gives all ordered pairs of three equally often", () => {
    const counts = countOrders((rng) => rng.choose(2, 3));
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  test("choose gives k distinct numbers below n, also where n is huge", () => {
    fc.assert(
      fc.property(anyRandom, fc.nat(30), fc.nat(2 ** 31), (rng, k, more) => {
        const chosen = rng.choose(k, k + more);
        expect(new Set(chosen).size).toBe(k);
        for (const index of chosen)
          expect(index >= 0 && index < k + more && Number.isInteger(index)).toBe(true);
      }),
    );
  });

  test("choose refuses more than there are", () => {
    expect(() => random(0, "a", 0).choose(4, 3)).toThrow("k must be a whole number from 0 to n = 3, got 4");
  });
});
