import { describe, expect, it } from "vitest";
import { swiped, towards } from "./swipe.js";

describe("a swipe", () => {
  it.each([
    [0, -30, 0],
    [5, 40, 1],
    [-50, 20, 2],
    [23, -22, 3],
  ])("of %i right and %i down is move %i", (right, down, move) => {
    expect(swiped(right, down)).toBe(move);
  });
  it("is none while the finger has hardly moved", () => {
    expect(swiped(12, -15)).toBeNull();
  });
});

it("a tap is a move towards it, however near", () => {
  expect([towards(3, 1), towards(-2, 1), towards(0, 9), towards(1, -9)]).toEqual([3, 2, 1, 0]);
});
