import { expect, it } from "vitest";
import { smoothed } from "./smoothed.js";

it("a smoothed curve is the mean around each point, of fewer at its ends", () => {
  expect(smoothed([0, 3, 6, 9], 1)).toEqual([1.5, 3, 6, 7.5]);
  expect(smoothed([], 2)).toEqual([]);
});
