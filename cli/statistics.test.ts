import { describe, expect, test } from "vitest";
import { random } from "../src/tasks/index.js";
import { bootstrapInterval, interquartileMean } from "./statistics.js";

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b) / values.length;
const stream = (index = 0) => random(0, "bootstrap test", index);

describe("the interquartile mean", () => {
  test.each([
    [[3], 3],
    [[1, 2, 9], 4],
    [[9, 1, 2, 4], 3],
    [[0, 1, 2, 3, 100], 2],
    [[-50, 1, 2, 3, 4, 5, 6, 1000], 3.5],
  ])("of %j is %d", (values, expected) => {
    expect(interquartileMean(values)).toBe(expected);
  });

  test("leaves its values in their order, and needs one", () => {
    const values = Object.freeze([3, 1, 2, 0]);
    expect(interquartileMean(values)).toBe(1.5);
    expect(() => interquartileMean([])).toThrow(RangeError);
  });
});

describe("a bootstrap interval", () => {
  test("of a mean is the one that the central limit theorem expects", () => {
    const normal = random(1, "values", 0);
    const values = Array.from({ length: 200 }, () => normal.normal());
    const { low, high } = bootstrapInterval([values], mean, stream());
    const error = Math.sqrt(mean(values.map((v) => (v - mean(values)) ** 2)) / values.length);
    expect(low).toBeCloseTo(mean(values) - 1.96 * error, 1.5);
    expect(high).toBeCloseTo(mean(values) + 1.96 * error, 1.5);
  });

  test("of two values, the chances of whose draws are known, has both at its ends", () => {
    // Both resampled values are the lower one with chance 1/4: far more than the 2.5 % that an end leaves out.
    expect(bootstrapInterval([[1, 5]], mean, stream())).toEqual({ low: 1, high: 5 });
  });

  test("covers the true mean about as often as it says", () => {
    const trials = 40;
    let covered = 0;
    for (let k = 0; k < trials; k++) {
      const source = random(2, "trials", k);
      const values = Array.from({ length: 30 }, () => source.normal());
      const { low, high } = bootstrapInterval([values], mean, stream(k));
      if (low <= 0 && 0 <= high) covered++;
    }
    expect(covered).toBeGreaterThan(33);
    expect(covered).toBeLessThanOrEqual(trials);
  });

  test("draws from each group by itself: groups that never vary within have no spread", () => {
    const groups = [
      [0, 0, 0],
      [10, 10, 10],
    ];
    expect(bootstrapInterval(groups, mean, stream())).toEqual({ low: 5, high: 5 });
    const { low, high } = bootstrapInterval([groups.flat()], mean, stream());
    expect([low < 3, high > 7]).toEqual([true, true]);
  });

  test("is the same for the same random numbers, and needs a value in every group", () => {
    const values = [1, 2, 4, 8, 16];
    expect(bootstrapInterval([values], interquartileMean, stream(3))).toEqual(
      bootstrapInterval([values], interquartileMean, stream(3)),
    );
    expect(() => bootstrapInterval([], mean, stream())).toThrow(RangeError);
    expect(() => bootstrapInterval([[1], []], mean, stream())).toThrow(RangeError);
  });
});
