import { describe, expect, it } from "vitest";
import { fresh, inWords, raced } from "./race.js";

const scored = (...scores: (readonly [agent: number, visitor: number])[]) =>
  scores.reduce((race, [agent, visitor]) => raced(race, agent, visitor, false), fresh);

describe("a race", () => {
  it("moves the goal when one of both has found it three times", () => {
    expect(scored([2, 2]).moved).toBe(false);
    expect(scored([2, 3]).moved).toBe(true);
    expect(scored([3, 0]).moved).toBe(true);
  });
  it("is over when one of both has found it five times, or the episode is", () => {
    expect(scored([4, 4]).over).toBe(false);
    expect(scored([5, 4]).over).toBe(true);
    expect(raced(fresh, 1, 1, true)).toMatchObject({ over: true, steps: 1 });
  });
  it("says who has won, the winner's number first", () => {
    expect(inWords(scored([5, 2]))).toBe("It wins, 5 : 2, in 1 steps.");
    expect(inWords(scored([1, 5]))).toBe("You win, 5 : 1, in 1 steps.");
    expect(inWords(raced(fresh, 2, 2, true))).toMatch(/^A draw, 2 : 2/);
  });
  it("says what to do, until then", () => {
    expect(inWords(fresh)).toMatch(/Your move/);
    expect(inWords(scored([1, 0]))).toMatch(/0 : 1. Somewhere/);
    expect(inWords(scored([3, 1]))).toMatch(/has moved/);
  });
});
