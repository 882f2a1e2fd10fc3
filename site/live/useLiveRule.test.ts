import { expect, it } from "vitest";
import { inWords } from "./useLiveRule.js";

const level = (value: number) => new Array(400).fill(value);

it("a curve in words is where it ends, beside the network without plasticity if that was trained", () => {
  expect(inWords([...level(6), ...level(2.5)], [])).toBe("Loss after 400 episodes: 2.50");
  expect(inWords(level(2.5), level(6.04))).toBe("Loss after 400 episodes: 2.50, without plasticity 6.04");
});

it("a rule that diverged is not called a loss of NaN", () => {
  expect(inWords([...level(3), Number.NaN], level(6))).toBe(
    "The loss is no longer a number: with this rule, traces grow without bound.",
  );
});
