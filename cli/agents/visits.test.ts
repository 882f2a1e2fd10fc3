import { describe, expect, it } from "vitest";
import { Maze, type MazeState, mazeBp, random } from "../../src/tasks/index.js";
import type { Frame, Replay } from "../../src/training/index.js";
import { mazeMoments, visitWords } from "./visits.js";

const maze = new Maze({ ...mazeBp, size: 5, steps: 12 });
const [UP, DOWN, LEFT] = [0, 1, 2];

/** What somebody sees who writes down an episode: it starts in the centre (12), and the goal is in a corner (6). */
function replayOf(
  actions: readonly number[],
  { modulator = null, moves = [] }: { modulator?: number | null; moves?: MazeState["moves"] } = {},
): Replay {
  const world: MazeState = { ...maze.reset(random(0, "test", 0)), goal: 6, moves };
  const start = { ...world };
  const frames = actions.map((action): Frame => {
    const reward = maze.step(world, action);
    return { world: { ...world }, action, reward, modulator };
  });
  return { environment: maze, start, frames };
}

describe("the moments of an episode in a maze", () => {
  it("follow the agent to the goal, and from where it was put then", () => {
    const replay = replayOf([UP, DOWN, UP, LEFT, LEFT]);
    const moments = mazeMoments(maze, replay);
    expect(moments.map(({ time }) => time)).toEqual([1, 2, 3, 4, 5]);
    expect(moments[3]!.visits).toEqual([
      { path: [12, 7, 12, 7, 6], found: true, goal: 6, formerGoal: null, shortest: 2 },
    ]);
    expect(moments.map(({ reward }) => reward)).toEqual([0, 0, 0, 10, 10 + replay.frames[4]!.reward]);
    const [first, second] = moments[4]!.visits;
    expect(first!.found).toBe(true);
    const put = (replay.frames[3]!.world as MazeState).agent;
    expect(second!.path[0]).toBe(put);
    expect(second!.shortest).toBe(maze.distances(6)[put]);
    expect(second!.path).toHaveLength(2);
  });

  it("count a step that a wall stopped", () => {
    const visits = mazeMoments(maze, replayOf([UP, UP])).at(-1)!.visits;
    expect(visits[0]!.path).toEqual([12, 7, 7]);
    expect(visitWords(visits[0]!)).toBe("2 steps, shortest way 2");
  });

  it("know where the goal has moved to, and where it lay before", () => {
    const moments = mazeMoments(maze, replayOf([UP, LEFT, LEFT], { moves: [{ after: 1, goal: 18 }] }));
    expect(moments[0]!.visits).toEqual([
      { path: [12, 7], found: false, goal: 18, formerGoal: 6, shortest: maze.distances(18)[12] },
    ]);
    // The old goal is a cell like any other.
    expect(moments[1]!.visits).toMatchObject([{ path: [12, 7, 6], found: false, goal: 18 }]);
  });

  it("keep the goal that was found where it was, though it moves with that very step", () => {
    const moments = mazeMoments(maze, replayOf([UP, LEFT, DOWN], { moves: [{ after: 2, goal: 18 }] }));
    const [first, second] = moments[2]!.visits;
    expect(first).toMatchObject({ path: [12, 7, 6], found: true, goal: 6, formerGoal: null });
    expect(second).toMatchObject({ goal: 18, formerGoal: 6, shortest: maze.distances(18)[second!.path[0]!] });
  });

  it("hand on the modulator", () => {
    expect(mazeMoments(maze, replayOf([UP], { modulator: 0.25 }))[0]!.modulator).toBe(0.25);
  });
});
