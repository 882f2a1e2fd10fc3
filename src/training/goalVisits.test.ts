import { describe, expect, it } from "vitest";
import type { Goals } from "../tasks/index.js";
import { GoalVisits, stepsToGiveUp } from "./goalVisits.js";

interface Line {
  goal: number;
  reached: number;
}
/** Places on a line. */
const goals: Goals<Line> = {
  at: ({ goal }) => goal,
  reached: ({ reached }) => reached,
  hold: () => {},
  move: (world) => {
    world.goal++;
  },
};

describe("visits to goals", () => {
  it("are those of each episode's own goal and its donor's, from the change on", () => {
    const visits = new GoalVisits(goals as Goals, 4, 2);
    const worlds: Line[] = [1, 2, 3].map((goal) => ({ goal, reached: -1 }));
    visits.begin(worlds, 2, (b) => (b + 1) % 3);
    const steps = [
      [1, 2, 3],
      [2, 1, 1],
      [2, 3, 3],
      [1, 3, 1],
    ];
    steps.forEach((reached, t) => {
      reached.forEach((place, b) => {
        worlds[b]!.reached = place;
      });
      visits.see(t, worlds);
    });
    const { own, other } = visits.result();
    expect([...own.perStep]).toEqual([1, 0, 0, 0.5]);
    expect([...other!.perStep]).toEqual([0, 0.5, 1, 0.5]);
    expect([own.visits.mean, other!.visits.mean]).toEqual([0.5, 1.5]);
  });

  it("to where the goal was before it moved are the other place's", () => {
    const visits = new GoalVisits(goals as Goals, 2, 1);
    const worlds: Line[] = [{ goal: 5, reached: 5 }];
    visits.begin(worlds, 1, null);
    visits.see(0, worlds);
    visits.move(worlds, (world) => goals.move(world, null as never));
    visits.see(1, worlds);
    const { own, other } = visits.result();
    expect([[...own.perStep], [...other!.perStep]]).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });

  it("have no other place where donor and episode have one goal, and none at all without donors", () => {
    const visits = new GoalVisits(goals as Goals, 1, 0);
    visits.begin(
      [
        { goal: 1, reached: 1 },
        { goal: 1, reached: 1 },
      ],
      2,
      (b) => 1 - b,
    );
    expect(visits.result().other).toBeNull();
  });
});

describe("an old goal is given up", () => {
  const length = 200;
  const from = (start: number) => Float64Array.from({ length }, (_, t) => Number(t >= start));

  it("when visits to it have fallen below those to the new one for good", () => {
    const old = Float64Array.from({ length }, (_, t) => Number(t < 130));
    // Of 20 steps from 125 on, 5 lead to the old one and 15 to the new one; from 120 on it is even.
    expect(stepsToGiveUp(from(130), old, 100)).toBe(21);
  });

  it("at once, or never", () => {
    expect(stepsToGiveUp(from(0), new Float64Array(length), 100)).toBe(0);
    expect(stepsToGiveUp(new Float64Array(length), from(0), 100)).toBeNull();
    expect(stepsToGiveUp(new Float64Array(length), new Float64Array(length), 100)).toBeNull();
  });
});
