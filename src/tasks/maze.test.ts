import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Maze, type MazeOptions, type MazeState, maze9, mazeBp, mazeDp, mazeText } from "./maze.js";
import { random } from "./random.js";

const UP = 0;
const DOWN = 1;
const LEFT = 2;
const RIGHT = 3;

/** The maze again, drawn by hand: what is a wall, said otherwise. */
const drawn5 = ["#####", "#   #", "#   #", "#   #", "#####"];
const drawn7 = ["#######", "#     #", "# # # #", "#     #", "# # # #", "#     #", "#######"];

const options = fc
  .record({
    size: fc.integer({ min: 2, max: 7 }).map((half) => 2 * half + 1),
    steps: fc.integer({ min: 1, max: 60 }),
    reward: fc.constantFrom(1, 10),
    bumpCost: fc.constantFrom(0, 0.1),
    goalInCentre: fc.boolean(),
    teleportOntoGoal: fc.boolean(),
  })
  .map((made): MazeOptions => made);
const actions = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 60, maxLength: 60 });

const stateAt = (maze: Maze, agent: number, goal: number): MazeState => ({
  ...maze.reset(random(0, "test", 0)),
  agent,
  goal,
});

describe("the walls", () => {
  it.each([
    [5, drawn5],
    [7, drawn7],
  ])("of size %i are the drawn ones", (size, drawn) => {
    const maze = new Maze({ ...mazeBp, size });
    expect([...maze.walls]).toEqual(drawn.flatMap((row) => [...row].map((each) => (each === "#" ? 1 : 0))));
  });

  it("leave every free cell within reach of every other, and the centre free", () => {
    for (const size of [5, 7, 9, 11, 13, 15]) {
      const maze = new Maze({ ...mazeBp, size });
      expect(maze.walls[maze.centre]).toBe(0);
      const distance = maze.distances(maze.centre);
      for (const cell of maze.free) expect(distance[cell]).toBeGreaterThanOrEqual(0);
    }
  });
});

describe("a step", () => {
  it.each([
    [5, drawn5],
    [7, drawn7],
  ])("goes where the drawn maze of size %i lets it, from every cell with every action", (size, drawn) => {
    const maze = new Maze({ ...mazeBp, size, bumpCost: 0.5 });
    const grid = drawn.map((row) => [...row]);
    const goal = size + 1; // The top left corner.
    grid.forEach((cells, y) => {
      cells.forEach((what, x) => {
        if (what === "#") return;
        for (const [action, dx, dy] of [
          [UP, 0, -1],
          [DOWN, 0, 1],
          [LEFT, -1, 0],
          [RIGHT, 1, 0],
        ] as const) {
          const state = stateAt(maze, y * size + x, goal);
          const reward = maze.step(state, action);
          const free = grid[y + dy]![x + dx] !== "#";
          const [nx, ny] = free ? [x + dx, y + dy] : [x, y];
          if (nx === 1 && ny === 1) {
            expect(reward).toBe(free ? 10 : 9.5);
            expect(state.agent).not.toBe(goal);
            expect(maze.walls[state.agent]).toBe(0);
          } else {
            expect([state.agent, reward]).toEqual([ny * size + nx, free ? 0 : -0.5]);
          }
          expect([state.time, state.action, state.goal]).toEqual([1, action, goal]);
        }
      });
    });
  });

  it("crosses no wall, pays only at the goal, never leads onto it where that is forbidden", () => {
    fc.assert(
      fc.property(options, fc.integer({ min: 0, max: 1000 }), actions, (made, seed, moves) => {
        const maze = new Maze(made);
        const state = maze.reset(random(seed, "test", 0));
        const { goal } = state;
        expect(maze.walls[goal]).toBe(0);
        if (!made.goalInCentre) expect(goal).not.toBe(maze.centre);
        expect(state.agent).toBe(maze.centre);
        let found = 0;
        for (const action of moves.slice(0, made.steps)) {
          const before = state.agent;
          const aim = before + [-made.size, made.size, -1, 1][action]!;
          const reached = maze.walls[aim] ? before : aim;
          const reward = maze.step(state, action);
          expect(reward > 0).toBe(reached === goal);
          expect(reward).toBeCloseTo(
            (reached === goal ? made.reward : 0) - (reached === before ? made.bumpCost : 0),
          );
          if (reached === goal) {
            found++;
            if (!made.teleportOntoGoal) expect(state.agent).not.toBe(goal);
          } else expect(state.agent).toBe(reached);
          expect(maze.walls[state.agent]).toBe(0);
          expect(state.goal).toBe(goal);
        }
        expect(state.found).toBe(found);
      }),
    );
  });

  it("puts the agent, having found the goal, onto every other free cell equally often", () => {
    const maze = new Maze({ ...mazeBp, size: 5 });
    const goal = 6;
    const state = stateAt(maze, 7, goal);
    const times = new Map<number, number>();
    for (let i = 0; i < 8000; i++) {
      state.agent = 7;
      state.time = 0;
      maze.step(state, LEFT);
      times.set(state.agent, (times.get(state.agent) ?? 0) + 1);
    }
    expect([...times.keys()].sort((a, b) => a - b)).toEqual(maze.free.filter((cell) => cell !== goal));
    for (const count of times.values()) expect(Math.abs(count - 1000)).toBeLessThan(200);
  });

  it("refuses an action there is not, and a step after the last", () => {
    const maze = new Maze({ ...mazeBp, size: 5, steps: 1 });
    const state = maze.reset(random(0, "test", 0));
    expect(() => maze.step(state, 4)).toThrow(/action must be 0 to 3, got 4/);
    maze.step(state, UP);
    expect(() => maze.step(state, UP)).toThrow(/ended after 1 steps/);
  });
});

describe("an observation", () => {
  it("is what a naive renderer sees", () => {
    fc.assert(
      fc.property(options, fc.integer({ min: 0, max: 1000 }), actions, (made, seed, moves) => {
        const maze = new Maze(made);
        const state = maze.reset(random(seed, "test", 0));
        const seen = new Float32Array(2 + maze.observations).fill(7);
        let [latest, reward] = [-1, 0];
        moves.slice(0, made.steps).forEach((action, t) => {
          maze.observe(state, seen, 1);
          const [y, x] = [Math.floor(state.agent / made.size), state.agent % made.size];
          const cells = [];
          for (let dy = -1; dy <= 1; dy++) {
            for (let dx = -1; dx <= 1; dx++) cells.push(maze.walls[(y + dy) * made.size + x + dx]!);
          }
          const oneHot = [0, 1, 2, 3].map((each) => (each === latest ? 1 : 0));
          expect([...seen]).toEqual([
            7,
            ...cells,
            1,
            Math.fround(t / made.steps),
            Math.fround(reward),
            ...oneHot,
            7,
          ]);
          reward = maze.step(state, action);
          latest = action;
        });
      }),
    );
  });
});

describe("the ceiling", () => {
  // As published, from simulations; BP and DP differ in where goal and agent may be put.
  it.each([
    ["11 x 11, 250 steps", { ...mazeBp, size: 11, steps: 250 }, 408],
    ["11 x 11, 200 steps", { ...mazeBp, size: 11, steps: 200 }, 326],
    ["13 x 13, 200 steps", mazeBp, 271],
  ])("of %s is the published one, to a hundredth", (_, made, published) => {
    expect(Math.abs(new Maze(made).ceiling / published - 1)).toBeLessThan(0.01);
  });

  it.each([
    ["of a 5 x 5 maze", { ...mazeBp, size: 5, steps: 30 }],
    ["of 9 x 9", maze9],
    ["where bumping hurts and one may land on the goal", { ...mazeDp, size: 7, steps: 60 }],
  ])("%s is what an agent gets that knows the way", (_, made) => {
    const maze = new Maze(made);
    const episodes = 2000;
    let total = 0;
    for (let episode = 0; episode < episodes; episode++) {
      const state = maze.reset(random(1, "test", episode));
      const distance = maze.distances(state.goal);
      const bump = [UP, DOWN, LEFT, RIGHT].find(
        (action) => maze.walls[state.goal + [-made.size, made.size, -1, 1][action]!],
      );
      for (let t = 0; t < made.steps; t++) {
        const nearer = [UP, DOWN, LEFT, RIGHT].find((action) => {
          const next = state.agent + [-made.size, made.size, -1, 1][action]!;
          return distance[next] === distance[state.agent]! - 1;
        });
        const away = [UP, DOWN, LEFT, RIGHT].find(
          (action) => !maze.walls[state.agent + [-made.size, made.size, -1, 1][action]!],
        );
        total += maze.step(state, nearer ?? bump ?? away!);
      }
    }
    expect(Math.abs(total / episodes / maze.ceiling - 1)).toBeLessThan(0.02);
  });
});

describe("the paper's maze, 9 x 9 without its outer walls", () => {
  it("has 16 pillars and 65 free cells", () => {
    const { walls, size, free } = new Maze(mazeText);
    const inner = [...walls.keys()].filter((cell) =>
      [Math.floor(cell / size), cell % size].every((at) => at > 0 && at < size - 1),
    );
    expect(inner).toHaveLength(81);
    expect(inner.filter((cell) => walls[cell])).toHaveLength(16);
    expect(free).toHaveLength(65);
  });
});

describe("a greedy explorer", () => {
  // Simulated by another program, which draws lots where several cells are equally near.
  it.each([
    ["9 x 9", maze9, 377],
    ["11 x 11", mazeText, 269],
    ["13 x 13", mazeBp, 200],
  ])("gets in %s what another program says, to a hundredth", (_, made, simulated) => {
    const { explorer, ceiling } = new Maze(made).limits;
    expect(Math.abs(explorer / simulated - 1)).toBeLessThan(0.01);
    expect(explorer).toBeLessThan(ceiling);
  });

  it("finds the goal of a 5 x 5 maze in the order in which it goes through the cells", () => {
    // 12 is the centre; up first, then around.
    const maze = new Maze({ ...mazeBp, size: 5, steps: 8 });
    const order = [7, 6, 11, 16, 17, 18, 13, 8];
    // The k-th cell is found after k + 1 steps; what is left of the 8 steps is that of somebody who knows the goal.
    const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    const rest = (goal: number, steps: number): number => {
      const distance = maze.distances(goal);
      const places = maze.free.filter((cell) => cell !== goal);
      return mean(
        places.map((cell) => (distance[cell]! > steps ? 0 : 10 + rest(goal, steps - distance[cell]!))),
      );
    };
    expect(maze.limits.explorer).toBeCloseTo(mean(order.map((goal, k) => 10 + rest(goal, 7 - k))));
  });
});

describe("a goal that moves", () => {
  const made = { ...mazeBp, size: 7, steps: 40, goalMoves: 3 };

  it("does so at steps that are drawn, each time to another cell where it may lie", () => {
    const maze = new Maze(made);
    const times = new Set<number>();
    for (let episode = 0; episode < 200; episode++) {
      const state = maze.reset(random(3, "train", episode));
      expect(state.moves).toHaveLength(3);
      let [before, goal] = [0, state.goal];
      for (const move of state.moves) {
        expect(move.after).toBeGreaterThan(before);
        expect(move.after).toBeLessThan(made.steps);
        expect(move.goal).not.toBe(goal);
        expect(maze.walls[move.goal]).toBe(0);
        expect(move.goal).not.toBe(maze.centre);
        [before, goal] = [move.after, move.goal];
        times.add(move.after);
      }
      for (let t = 1; t < made.steps; t++) {
        maze.step(state, t % 4);
        const latest = state.moves.filter(({ after }) => after <= t).at(-1);
        if (latest) expect(state.goal).toBe(latest.goal);
      }
    }
    expect(times.size).toBe(made.steps - 1);
  });

  it("leaves episodes without moves what they were, to the last draw", () => {
    const [still, moving] = [new Maze({ ...made, goalMoves: 0 }), new Maze(made)];
    const { goal, moves } = still.reset(random(5, "train", 1));
    expect([goal, moves]).toEqual([moving.reset(random(5, "train", 1)).goal, []]);
    expect(new Maze({ ...mazeBp, size: 7, steps: 40 }).reset(random(5, "train", 1)).goal).toBe(goal);
  });

  it("is refused where it would move as often as there are steps", () => {
    expect(() => new Maze({ ...made, goalMoves: 40 })).toThrow(/fewer than the 40 steps, got 40/);
    expect(() => new Maze({ ...made, goalMoves: -1 })).toThrow(/goalMoves must be a whole number/);
  });

  it("can be moved by whoever tests an agent, to any other place alike", () => {
    const maze = new Maze({ ...mazeBp, size: 5 });
    const state = maze.reset(random(0, "test", 0));
    const dice = random(0, "moved goals", 0);
    const times = new Map<number, number>();
    for (let k = 0; k < 4000; k++) {
      const before = state.goal;
      maze.goals.move(state, dice);
      expect(maze.goals.at(state)).not.toBe(before);
      times.set(state.goal, (times.get(state.goal) ?? 0) + 1);
    }
    expect(times.size).toBe(8);
    for (const count of times.values()) expect(Math.abs(count - 500)).toBeLessThan(120);
  });

  it("stays where it is for whoever holds it", () => {
    const maze = new Maze(made);
    const state = maze.reset(random(3, "train", 0));
    const { goal } = state;
    maze.goals.hold(state);
    for (let t = 1; t < made.steps; t++) maze.step(state, t % 4);
    expect(state.goal).toBe(goal);
  });

  it("is reached by the step that leads there, though the agent is put elsewhere at once", () => {
    const maze = new Maze({ ...mazeBp, size: 5 });
    const state = stateAt(maze, 7, 6);
    maze.step(state, LEFT);
    expect(maze.goals.reached(state)).toBe(6);
    state.agent = 8;
    maze.step(state, RIGHT);
    expect(maze.goals.reached(state)).toBe(8);
  });
});

describe("other walls", () => {
  const usual = new Maze({ ...mazeBp, size: 5 });
  const changed = (cell: number, wall: number) => Uint8Array.from(usual.walls).fill(wall, cell, cell + 1);

  it("are walls to the agent, and no places to be put to", () => {
    const maze = new Maze(usual.options, changed(11, 1));
    const state = stateAt(maze, 12, 6);
    maze.step(state, LEFT);
    expect(state.agent).toBe(12);
    expect(maze.free).not.toContain(11);
  });

  it("may shut the goal in: then there is nothing to be had", () => {
    const walls = Uint8Array.from(usual.walls).fill(1, 11, 12).fill(1, 13, 14).fill(1, 7, 8).fill(1, 17, 18);
    const { ceiling } = new Maze({ ...usual.options, goalInCentre: true }, walls);
    expect(ceiling).toBeGreaterThanOrEqual(0);
  });

  it("must be closed around, free in the centre, and as many as there are cells", () => {
    expect(() => new Maze(usual.options, changed(2, 0))).toThrow(/a hole in the outer wall, at cell 2/);
    expect(() => new Maze(usual.options, changed(usual.centre, 1))).toThrow(/the centre 12 none/);
    expect(() => new Maze(usual.options, [1, 1])).toThrow(/walls must be 5 x 5 cells/);
  });
});

describe("what an episode amounts to", () => {
  const maze = new Maze({ ...mazeBp, size: 5, steps: 12 });
  const state = maze.reset(random(0, "test", 0));
  const rewards = (...found: number[]) =>
    Array.from({ length: 12 }, (_, t) => (found.includes(t + 1) ? 10 : 0));

  it("counts the steps to the first find, and the median of the ways back", () => {
    expect(maze.measure(state, rewards(5, 7, 11, 12))).toMatchObject({ reward: 40, firstFind: 5, return: 2 });
    expect(maze.measure(state, rewards(5, 7, 11))).toMatchObject({ firstFind: 5, return: 3 });
  });

  it("counts the way that the end cuts off where it is longer than the median, and no shorter one", () => {
    // Ways of 1, and one of at least 9 that never came to its end.
    expect(maze.measure(state, rewards(2, 3))).toMatchObject({ return: 5 });
    expect(maze.measure(state, rewards(1, 2, 3))).toMatchObject({ return: 1 });
    expect(maze.measure(state, rewards(1, 4, 5))).toMatchObject({ return: 3 });
    expect(maze.measure(state, rewards(1, 6, 11))).toMatchObject({ return: 5 });
  });

  it("counts the whole episode where the goal is not found, or not found again", () => {
    expect(maze.measure(state, rewards())).toMatchObject({ reward: 0, firstFind: 12, return: 12 });
    expect(maze.measure(state, rewards(3))).toMatchObject({ firstFind: 3, return: 12 });
  });
});

it("is refused where there is no such maze, with the cure", () => {
  expect(() => new Maze({ ...mazeBp, size: 8 })).toThrow(/size must be odd, got 8; try 9/);
  expect(() => new Maze({ ...mazeBp, size: 3 })).toThrow(/size must be a whole number of at least 5/);
  expect(() => new Maze({ ...mazeBp, steps: 0 })).toThrow(/steps/);
  expect(() => new Maze({ ...mazeBp, reward: 0 })).toThrow(/reward must be a positive number/);
  expect(() => new Maze({ ...mazeBp, bumpCost: -1 })).toThrow(/bumpCost/);
});
