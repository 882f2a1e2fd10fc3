import { expect, test } from "vitest";
import { expectGoesOn } from "./goingOn.js";
import { RunFolder } from "./runFolder.js";
import type { TrainingPlan } from "./trainingPlan.js";

test("a run does not go on with vectors of another width, whose sums have other last bits", () => {
  const plan = { folder: new RunFolder("runs/a"), device: { device: "native", threads: 2 } } as TrainingPlan;
  const was = { device: { kind: "native", threads: 2, lanes: 16 }, episode: 0 } as const;
  const got = { kind: "native", threads: 2, lanes: 8, why: "C by gcc 12.2.0" } as const;
  expect(() => expectGoesOn(plan, was, got)).toThrow(
    /vectors of 16 numbers, here it would be vectors of 8 numbers \(C by gcc 12\.2\.0\), and other bits; go on where it began/,
  );
});
