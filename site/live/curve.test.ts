import { expect, it } from "vitest";
import { pathOf, smoothed } from "./curve.js";

it("a curve is smoothed by the mean of the values up to each", () => {
  expect(smoothed([4, 2, 0, 2], 2)).toEqual([4, 3, 1, 1]);
  expect(smoothed([], 2)).toEqual([]);
});

it("a path begins at the left, has zero at the bottom, and is cut off at the top", () => {
  const frame = { width: 100, height: 50, top: 10 };
  expect(pathOf([0, 5, 20], frame)).toBe("M0.0 50.0L50.0 25.0L100.0 0.0");
});

it("a path has a gap where a value is no number", () => {
  const frame = { width: 90, height: 10, top: 10 };
  expect(pathOf([1, Number.NaN, 1, 1], frame)).toBe("M0.0 9.0M60.0 9.0L90.0 9.0");
});
