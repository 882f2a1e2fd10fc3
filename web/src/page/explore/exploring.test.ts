import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { Exploration } from "../../worker/exploration.js";
import { Exploring, type View } from "./exploring.js";

const file = readFileSync(join(import.meta.dirname, "../../../../models/maze.safetensors"));
const worker = new Exploration();
beforeAll(() => worker.load(file));

/** The section without its component, on the worker's own object. */
async function begun(seed = 15, race = false) {
  const views: View[] = [];
  const exploring = new Exploring(worker, (view) => views.push(view));
  await exploring.begin(seed, race);
  return { exploring, views };
}
const livesOn = async (exploring: Exploring, steps: number) => {
  for (let k = 0; k < steps; k++) await exploring.one();
};
const sum = (values: ArrayLike<number>) =>
  Array.from(values).reduce((all, value) => all + Math.abs(value), 0);

describe("the agent", () => {
  it("finds the goal again and again, where the same network without plasticity does not", async () => {
    const { exploring } = await begun();
    await livesOn(exploring, 199);
    const { plastic, other, time } = exploring.view.frame!;
    expect(time).toBe(200);
    expect(plastic.found).toBeGreaterThan(6);
    expect(plastic.found).toBeGreaterThan(2 * other.found);
  });

  it("is shown as a trail that breaks where it was put elsewhere", async () => {
    const { exploring } = await begun();
    while (exploring.view.frame!.plastic.found === 0) await exploring.one();
    const { trails, frame } = exploring.view;
    expect(trails.plastic.slice(-3)).toEqual([frame!.goal, -1, frame!.plastic.agent]);
    expect(exploring.view.flash.plastic).toBe(1);
  });

  it("begins the next episode with an empty trail, and a modulator that has said one thing", async () => {
    const { exploring } = await begun();
    await livesOn(exploring, 200);
    expect(exploring.view.frame).toMatchObject({ episode: 1, time: 1 });
    expect(exploring.view.trails.plastic).toHaveLength(1);
    expect(exploring.view.modulator).toHaveLength(1);
  });
});

it("a pause is one at once, though a step was due; and a press does what was chosen when it was made", async () => {
  const { exploring } = await begun();
  const { time, goal } = exploring.view.frame!;
  const due = exploring.tick(1e6);
  exploring.run(false);
  await due;
  expect(exploring.view.frame!.time).toBe(time);
  const cell = exploring.view.place!.walls.findLastIndex((wall, k) => wall === 0 && k !== goal);
  const pressed = exploring.pick(cell, false);
  exploring.choose("wall");
  await pressed;
  expect([exploring.view.frame!.goal, exploring.view.place!.walls[cell]]).toEqual([cell, 0]);
});

it("what is pressed before the maze is there does nothing, and says nothing", async () => {
  const exploring = new Exploring(new Exploration(), () => {});
  await exploring.freeze();
  await exploring.wipe();
  expect(exploring.view).toMatchObject({ failure: "", frozen: false });
});

describe("a goal that moves", () => {
  it("leaves a ghost, and what the agent does at both places is counted", async () => {
    const { exploring } = await begun();
    await livesOn(exploring, 60);
    const old = exploring.view.frame!.goal;
    const cell = exploring.view.place!.walls.findLastIndex((wall, k) => wall === 0 && k !== old);
    await exploring.pick(cell, false);
    expect(exploring.view.frame!.goal).toBe(cell);
    expect(exploring.view.ghost).toEqual({ cell: old, since: 0, old: 0, new: 0 });
    const before = exploring.view.frame!.plastic.found;
    await livesOn(exploring, 120);
    const { ghost, frame } = exploring.view;
    expect(ghost).toMatchObject({ cell: old, since: 120, new: frame!.plastic.found - before });
    expect(ghost!.old).toBeGreaterThan(0);
  });

  it("moves by itself once in a life, and not again in one where a visitor has moved it", async () => {
    const goalsOf = async (steps: number, press: boolean) => {
      const { exploring } = await begun(3);
      const goals = new Set<number>();
      if (press) await exploring.pick(exploring.view.place!.walls.indexOf(0), false);
      for (let k = 0; k < steps; k++) {
        await exploring.one();
        goals.add(exploring.view.frame!.goal);
      }
      return goals.size;
    };
    expect(await goalsOf(198, false)).toBe(2);
    expect(await goalsOf(198, true)).toBe(1);
  });

  it("is put neither into a wall nor where it is", async () => {
    const { exploring } = await begun();
    const { goal } = exploring.view.frame!;
    await exploring.pick(0, false);
    await exploring.pick(goal, false);
    expect(exploring.view.frame!.goal).toBe(goal);
    expect(exploring.view.ghost).toBeNull();
  });
});

describe("walls", () => {
  it("are laid, and taken away, along a press that is drawn over several cells", async () => {
    const { exploring } = await begun();
    exploring.choose("wall");
    const free = [...exploring.view.place!.walls.keys()].filter(
      (cell) => exploring.view.place!.walls[cell] === 0,
    );
    const taken = [
      exploring.view.frame!.goal,
      exploring.view.frame!.plastic.agent,
      exploring.view.frame!.other.agent,
      exploring.view.place!.start,
    ];
    const [first, second] = free.filter((cell) => !taken.includes(cell));
    await exploring.pick(first!, false);
    await exploring.pick(second!, true);
    expect([first!, second!].map((cell) => exploring.view.place!.walls[cell])).toEqual([1, 1]);
    await exploring.pick(second!, false);
    expect([first!, second!].map((cell) => exploring.view.place!.walls[cell])).toEqual([1, 0]);
    await exploring.pick(0, false);
    expect(exploring.view.place!.walls[0]).toBe(1);
  });
});

describe("its memory", () => {
  it("stays frozen over the next episode too, until that is undone", async () => {
    const { exploring } = await begun();
    await exploring.freeze();
    await livesOn(exploring, 230);
    expect(exploring.view).toMatchObject({ frozen: true, frame: { episode: 1 } });
    expect(sum(exploring.view.frame!.trace)).toBe(0);
    await exploring.freeze();
    await livesOn(exploring, 30);
    expect(exploring.view.frozen).toBe(false);
    expect(sum(exploring.view.frame!.trace)).toBeGreaterThan(0);
  });

  it("is seen to be gone as soon as it is wiped, while nothing moves", async () => {
    const { exploring } = await begun();
    await livesOn(exploring, 80);
    exploring.run(false);
    expect(sum(exploring.view.frame!.trace)).toBeGreaterThan(0);
    const { time } = exploring.view.frame!;
    await exploring.wipe();
    expect(sum(exploring.view.frame!.trace)).toBe(0);
    expect(exploring.view.frame!.time).toBe(time);
  });
});

describe("a race", () => {
  const UP = 0;
  const RIGHT = 3;

  it("waits for the visitor, and moves the agent one step for each of theirs", async () => {
    const { exploring } = await begun(15, true);
    await exploring.tick(1e6);
    expect(exploring.view.frame).toBeNull();
    await exploring.steer(UP);
    expect(exploring.view.frame!.time).toBe(1);
    expect(exploring.view.frame!.other.reached).toBe(
      exploring.view.place!.start - exploring.view.place!.size,
    );
    expect(exploring.view.race).toMatchObject({ steps: 1, over: false });
  });

  it("takes no step where a wall is", async () => {
    const { exploring } = await begun(15, true);
    const { walls, size, start } = exploring.view.place!;
    let at = start;
    while (!walls[at + 1]) {
      await exploring.steer(RIGHT);
      at = exploring.view.frame!.other.agent;
    }
    const { time } = exploring.view.frame!;
    await exploring.steer(RIGHT);
    expect(exploring.view.frame!.time).toBe(time);
    expect(Math.floor(at / size)).toBe(Math.floor(size / 2));
  });

  it("is won by whoever finds the goal five times first; the goal moves when somebody has found it three times", async () => {
    const { exploring } = await begun(15, true);
    const { walls, size } = exploring.view.place!;
    const moves = [-size, size, -1, 1];
    const goals = new Set<number>();
    // A visitor who knows the way, by the shortest path to a goal that the page does not show.
    while (!exploring.view.race!.over) {
      const from = exploring.view.frame?.other.agent ?? exploring.view.place!.start;
      const goal = exploring.view.frame?.goal ?? -1;
      if (goal >= 0) goals.add(goal);
      await exploring.steer(goal < 0 ? UP : firstMove(walls, moves, from, goal));
    }
    expect(exploring.view.race).toMatchObject({ visitor: 5, moved: true, over: true });
    expect(exploring.view.race!.agent).toBeLessThan(5);
    expect(goals.size).toBe(2);
    const { time } = exploring.view.frame!;
    await exploring.steer(UP);
    expect(exploring.view.frame!.time).toBe(time);
  });

  it("ends with the episode, and watching begins a new one", async () => {
    const { exploring } = await begun(2, true);
    const there = [UP, 1];
    for (let k = 0; !exploring.view.race!.over; k++) await exploring.steer(there[k % 2]!);
    expect(exploring.view.race!.steps).toBeLessThanOrEqual(200);
    await exploring.watch();
    expect(exploring.view).toMatchObject({ race: null, running: true, frame: { time: 1 } });
  });
});

it("says in words what keeps the networks away", async () => {
  const exploring = new Exploring(new Exploration(), () => {});
  await exploring.start(1, Promise.reject(new Error("failed to fetch")));
  expect(exploring.view.failure).toContain("offline");
});

it("shows how the agent gives up the old place: reward falls when the goal moves, and comes back", async () => {
  worker.reset(1);
  const { plastic, still } = await worker.curves();
  const mean = (values: Float32Array, from: number, to: number) => sum(values.slice(from, to)) / (to - from);
  expect(mean(plastic, 60, 100)).toBeGreaterThan(2 * mean(still, 60, 100));
  expect(mean(plastic, 103, 112)).toBeLessThan(0.7 * mean(plastic, 60, 100));
  expect(mean(plastic, 150, 200)).toBeGreaterThan(1.5 * mean(plastic, 103, 112));
});

/** The first of the shortest way's moves. */
function firstMove(walls: Uint8Array, moves: readonly number[], from: number, to: number): number {
  const distance = new Map([[to, 0]]);
  const queue = [to];
  for (const cell of queue) {
    for (const move of moves) {
      if (walls[cell + move] || distance.has(cell + move)) continue;
      distance.set(cell + move, distance.get(cell)! + 1);
      queue.push(cell + move);
    }
  }
  return moves.findIndex((move) => distance.get(from + move) === distance.get(from)! - 1);
}
