import { describe, expect, it } from "vitest";
import { Maze, mazeBp } from "../../src/tasks/index.js";
import { elementsOf, pixelsOf, textsOf } from "../../test/figurePixels.js";
import type { MazeMoment, Visit } from "../agents/visits.js";
import { mazeFrames } from "./mazeFrames.js";

const maze = new Maze({ ...mazeBp, size: 5, steps: 10 });
const moment = (time: number, modulator: number | null, ...visits: Visit[]): MazeMoment => ({
  time,
  visits,
  reward: 10 * visits.filter(({ found }) => found).length,
  modulator,
});
const goal = { goal: 6, formerGoal: null };
const search: Visit = { path: [12, 7], found: false, ...goal, shortest: 2 };
const found: Visit = { path: [12, 7, 6], found: true, ...goal, shortest: 2 };
const back: Visit = { path: [18, 17], found: false, ...goal, shortest: 4 };
const moments = (modulator: number | null) => [
  moment(1, modulator, search),
  moment(2, modulator, found),
  moment(3, modulator, found, back),
];

describe("frames of an episode in a maze", () => {
  it("are one for each moment, and longer where the goal is found", () => {
    const frames = mazeFrames("maze", maze, moments(null));
    expect(frames.map(({ delay }) => delay)).toEqual([90, 500, 90]);
  });

  it("say in words which visit it is, and how it goes", () => {
    const [first, , last] = mazeFrames("maze", maze, moments(null)).map(({ svg }) => textsOf(svg));
    expect(first).toEqual([
      "maze",
      "first visit: 1 step, shortest way 2",
      "then straight back, from anywhere?",
      "step 1 of 10, reward 0",
      "finds",
    ]);
    expect(last).toContain("first visit: 2 steps, shortest way 2");
    expect(last).toContain("visit 2: 1 step, shortest way 4");
    expect(last).toContain("step 3 of 10, reward 10");
  });

  it("draw the modulator over time, and a mark where the goal was found", () => {
    const strips = (modulator: number | null) => {
      const { svg } = mazeFrames("maze", maze, moments(modulator)).at(-1)!;
      const marks = elementsOf(svg, "line").filter((line) => line.getAttribute("stroke") === "#cc4c02");
      return { marks: marks.length, curves: elementsOf(svg, "polyline").length };
    };
    // Two of the curves are the ways in the mazes.
    expect(strips(null)).toEqual({ marks: 1, curves: 2 });
    expect(strips(0.5)).toEqual({ marks: 1, curves: 3 });
  });

  it("draw a goal where it has moved to, and an outline where it lay before", () => {
    const moved = moment(4, null, found, { ...back, goal: 8, formerGoal: 6 });
    const { svg } = mazeFrames("maze", maze, [moved])[0]!;
    const squares = elementsOf(svg, "rect").filter((rect) =>
      [rect.getAttribute("fill"), rect.getAttribute("stroke")].includes("#cc4c02"),
    );
    // On the left the first visit, to the goal of that time; on the right the latest.
    const placed = squares.map((rect) => [
      rect.getAttribute("fill"),
      rect.getAttribute("x"),
      rect.getAttribute("y"),
    ]);
    const [at, above] = [
      (cell: number) => String((cell % 5) * 22 + 4),
      (cell: number) => String(Math.floor(cell / 5) * 22 + 4),
    ];
    expect(placed).toEqual([
      ["#cc4c02", at(6), above(6)],
      ["none", at(6), above(6)],
      ["#cc4c02", at(8), above(8)],
    ]);
  });

  it("are all of one size, with the goal and the agent in their places", async () => {
    const frames = mazeFrames("maze", maze, moments(null));
    const pictures = await Promise.all(frames.map(({ svg }) => pixelsOf(svg)));
    for (const { width, height } of pictures) {
      expect([width, height]).toEqual([pictures[0]!.width, pictures[0]!.height]);
    }
    const [goal, agent] = [
      [0xcc, 0x4c, 0x02],
      [0x0b, 0x6c, 0xb0],
    ];
    expect(pictures[0]!.count(goal!)).toBeGreaterThan(2 * 12 * 12);
    expect(pictures[0]!.count(agent!)).toBeGreaterThan(100);
    expect(pictures[2]!.count(agent!)).toBeGreaterThan(1.8 * pictures[0]!.count(agent!));
  });
});
