import { expect, it } from "vitest";
import { random } from "../tasks/index.js";
import { meanInterval } from "./meanInterval.js";

it("a mean has the interval of the normal distribution around it", () => {
  // Standard deviation 2 of four values: 1.96 * 2 / 2 on either side.
  const { mean, low, high } = meanInterval([3, 3 + Math.sqrt(6), 3 - Math.sqrt(6), 3]);
  expect([mean, high - mean, mean - low]).toEqual([3, expect.closeTo(1.96, 3), expect.closeTo(1.96, 3)]);
  expect(meanInterval([5])).toEqual({ mean: 5, low: 5, high: 5 });
});

it("19 of 20 intervals hold the true mean", () => {
  const dice = random(0, "intervals", 0);
  let held = 0;
  for (let k = 0; k < 2000; k++) {
    const { low, high } = meanInterval(Array.from({ length: 100 }, () => dice.uniform()));
    if (low <= 0.5 && 0.5 <= high) held++;
  }
  expect(Math.abs(held / 2000 - 0.95)).toBeLessThan(0.02);
});
