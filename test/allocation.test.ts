import { describe, expect, it } from "vitest";
import { CueReward, cueRewardTask, type Environment, Maze, mazeBp, random } from "../src/tasks/index.js";
import { Rollout } from "../src/training/index.js";

const STEPS = 20_000;
/** Milliseconds. */
const PATIENCE = 10_000;
/** The number that a call returns is an object of 16 bytes, unless the engine chose to inline the call. */
const RETURNED_NUMBER = 17;

/**
 * Bytes that a call leaves on the heap, the least of some trials: in others the engine may have compiled something, or
 * somebody else have been at work. Until a call is compiled to machine code all its numbers are objects, and on a busy
 * machine the compiler, which has a thread of its own, may be late: trials go on until one has at most `enough` bytes.
 */
function allocated(call: (step: number) => void, enough: number, patience = PATIENCE): number {
  let least = Infinity;
  const begun = performance.now();
  for (let trial = 0; least > enough && (trial < 15 || performance.now() - begun < patience); trial++) {
    const before = process.memoryUsage().heapUsed;
    for (let step = 0; step < STEPS; step++) call(step);
    const delta = process.memoryUsage().heapUsed - before;
    // Less than before: garbage was collected in between.
    if (delta >= 0) least = Math.min(least, delta / STEPS);
  }
  return least;
}

const environments: [string, Environment<{ time: number }>][] = [
  ["the maze", new Maze(mazeBp) as unknown as Environment<{ time: number }>],
  ["cue-reward association", new CueReward(cueRewardTask) as unknown as Environment<{ time: number }>],
];

describe("a step allocates nothing", () => {
  it.each(environments)("of %s", (_, environment) => {
    const state = environment.reset(random(1, "test", 0));
    const into = new Float32Array(environment.observations);
    const call = (step: number) => {
      // Another episode in the same world: only `time` stands in the way.
      if (state.time === environment.steps) state.time = 0;
      environment.observe(state, into, 0);
      environment.step(state, (step * 7) % environment.actions);
    };
    expect(allocated(call, RETURNED_NUMBER)).toBeLessThanOrEqual(RETURNED_NUMBER);
  });

  it("of sampling the actions of a batch", () => {
    const rollout = new Rollout(200, 30, 4);
    const outputs = Float32Array.from({ length: 30 * 5 }, (_, k) => Math.sin(k));
    const call = (step: number) => {
      rollout.act(step % 200, outputs, () => 0.5);
    };
    // A view of the actions, of the 30 episodes together.
    expect(allocated(call, 300)).toBeLessThanOrEqual(300);
  });

  it("and what allocates would be noticed", () => {
    const kept: object[] = [];
    const call = (step: number) => {
      kept[step % 10] = { step };
    };
    expect(allocated(call, RETURNED_NUMBER, 0)).toBeGreaterThan(RETURNED_NUMBER);
  });
});
