import { expect, test } from "vitest";
import { counted, duration } from "./progress.js";

test.each([
  [0.0421, "0.04 s"],
  [0.26, "0.3 s"],
  [1.2, "1 s"],
  [59.4, "59 s"],
  [59.6, "1 min 0 s"],
  [200, "3 min 20 s"],
  [7500, "2 h 5 min"],
])("%d seconds are %s", (seconds, words) => expect(duration(seconds)).toBe(words));

test("one is not several", () => {
  expect([0, 1, 2].map((count) => counted(count, "episode"))).toEqual([
    "0 episodes",
    "1 episode",
    "2 episodes",
  ]);
});
