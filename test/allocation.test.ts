import { describe, expect, it } from "vitest";
import { CueReward, cueRewardTask, type Environment, Maze, mazeBp, random } from "../src/tasks/index.js";
import { Rollout } from "../src/training/index.js";

const STEPS = 20_000;

/**
 * Bytes that a call leaves on the heap, the least of some trials: in others the engine may have compiled something, or
 * somebody else have been at work.
 */
function allocated(call: (step: number) => void): number {
  const deltas: number[] = [];
  for (let trial = 0; trial < 15; trial++) {
    const before = process.memoryUsage().heapUsed;
    for (let step = 0; step < STEPS; step++) call(step);
    const delta = process.memoryUsage().heapUsed - before;
    // Less than before: garbage was collected in between.
    if (delta >= 0) deltas.push(delta / STEPS);
  }
  return Math.min(...deltas);
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
    expect(allocated(call)).toBeLessThan(1);
  });

  it("of sampling the actions of a batch", () => {
    const rollout = new Rollout(200, 30, 4);
    const outputs = Float32Array.from({ length: 30 * 5 }, (_, k) => Math.sin(k));
    const call = (step: number) => {
      rollout.act(step % 200, outputs, () => 0.5);
    };
    // A view of the actions, of the 30 episodes together.
    expect(allocated(call)).toBeLessThan(300);
  });

  it("and what allocates would be noticed", () => {
    const kept: object[] = [];
    const call = (step: number) => {
      kept[step % 10] = { step };
    };
    expect(allocated(call)).toBeGreaterThan(10);
  });
});
