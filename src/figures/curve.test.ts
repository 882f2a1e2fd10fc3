import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { runningMean, thinned } from "./curve.js";

const points = (values: readonly number[]) => values.map((value, i) => ({ episode: 10 * i, value }));

describe("runningMean", () => {
  test("short curves are their own running mean", () => {
    const curve = points([3, 1, 4, 1, 5]);
    expect(runningMean(curve)).toEqual(curve);
  });

  test("in the middle it is the mean of the neighbours within 5 % of the points", () => {
    const curve = points(Array.from({ length: 200 }, (_, i) => i * i));
    const around = curve.slice(95, 106).map(({ value }) => value);
    expect(runningMean(curve)[100]?.value).toBeCloseTo(around.reduce((a, b) => a + b) / 11, 9);
  });

  test("it never leaves the range of the values and keeps the episodes", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 1, maxLength: 300 }),
        (values) => {
          const curve = points(values);
          const means = runningMean(curve);
          expect(means.map(({ episode }) => episode)).toEqual(curve.map(({ episode }) => episode));
          for (const { value } of means) {
            expect(value).toBeGreaterThanOrEqual(Math.min(...values) - 1e-9);
            expect(value).toBeLessThanOrEqual(Math.max(...values) + 1e-9);
          }
        },
      ),
    );
  });
});

describe("thinned", () => {
  test("it keeps at most two points a bin, in order, the extremes among them", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer(), { minLength: 30, maxLength: 500 }),
        fc.integer({ min: 2, max: 10 }),
        (values, bins) => {
          const curve = points(values);
          const kept = thinned(curve, bins);
          // The last point alone opens one more bin.
          expect(kept.length).toBeLessThanOrEqual(2 * bins + 1);
          expect(kept.every((point, i) => i === 0 || point.episode > kept[i - 1]!.episode)).toBe(true);
          const extremes = [Math.min(...values), Math.max(...values)];
          expect([Math.min(...kept.map((p) => p.value)), Math.max(...kept.map((p) => p.value))]).toEqual(
            extremes,
          );
        },
      ),
    );
  });

  test("few points are kept as they are, and many at one episode do no harm", () => {
    expect(thinned(points([1, 2, 3]), 2)).toEqual(points([1, 2, 3]));
    const same = Array.from({ length: 50 }, (_, value) => ({ episode: 5, value }));
    expect(thinned(same, 3).length).toBeGreaterThan(0);
  });
});
