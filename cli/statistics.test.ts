import { describe, expect, test } from "vitest";
import { random } from "../src/tasks/index.js";
import { bootstrapInterval, interquartileMean, nestedInterval } from "./statistics.js";

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

describe("an interval over runs and their episodes", () => {
  const normals = (count: number, middle: number, index: number) => {
    const source = random(3, "episodes", index);
    return Array.from({ length: count }, () => middle + source.normal());
  };

  test.each([60, 1000])(
    "of one run with %d episodes is the one that the central limit theorem expects",
    (count) => {
      const values = normals(count, 5, count);
      const { low, high } = nestedInterval([values], stream());
      const error = Math.sqrt(mean(values.map((v) => (v - mean(values)) ** 2)) / count);
      expect((low - mean(values)) / error).toBeCloseTo(-1.96, 0);
      expect((high - mean(values)) / error).toBeCloseTo(1.96, 0);
    },
  );

  test("of runs whose episodes are all alike is the plain bootstrap over runs", () => {
    expect(
      nestedInterval(
        [
          [1, 1, 1],
          [5, 5],
        ],
        stream(),
      ),
    ).toEqual({ low: 1, high: 5 });
    expect(nestedInterval([[2, 2, 2]], stream())).toEqual({ low: 2, high: 2 });
  });

  test("has both what runs differ by and what episodes do", () => {
    const width = ({ low, high }: { low: number; high: number }) => high - low;
    const runs = [0, 0.2, 0.4].map((middle, k) => normals(150, middle, k));
    const both = width(nestedInterval(runs, stream()));
    expect(both).toBeGreaterThan(width(bootstrapInterval([runs.map(mean)], interquartileMean, stream())));
    expect(both).toBeLessThan(0.8);
  });

  test("counts episodes, not groups of them: where 100 groups have 2 or 3, those of 3 weigh more", () => {
    // Every other group has 3 episodes, each of which is a 1; those of 2 are zeros.
    const from = (group: number) => Math.floor(group * 2.5);
    const values = Array.from({ length: 100 }, (_, g) =>
      Array(from(g + 1) - from(g)).fill(from(g + 1) - from(g) - 2),
    ).flat();
    expect(values).toHaveLength(250);
    const { low, high } = nestedInterval([values], stream());
    expect((low + high) / 2).toBeCloseTo(0.6, 1);
  });

  test("needs episodes", () => {
    expect(() => nestedInterval([], stream())).toThrow(RangeError);
    expect(() => nestedInterval([[1], []], stream())).toThrow(RangeError);
  });
});
