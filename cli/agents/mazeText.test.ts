import pc from "picocolors";
import { describe, expect, it } from "vitest";
import { Maze, mazeBp } from "../../src/tasks/index.js";
import { mazeText, momentText, stepsText } from "./mazeText.js";
import type { Visit } from "./visits.js";

const plain = pc.createColors(false);
const maze = new Maze({ ...mazeBp, size: 5, steps: 200 });
const goal = { goal: 6, formerGoal: null };
const under: Visit = { path: [12, 7, 8], found: false, ...goal, shortest: 2 };
const there: Visit = { path: [8, 7, 6], found: true, ...goal, shortest: 2 };
const steps = (count: number): Visit => ({
  path: Array(count + 1).fill(6),
  found: true,
  ...goal,
  shortest: 1,
});

describe("a maze in text", () => {
  it("shows walls, the way so far, the goal and the agent", () => {
    expect(mazeText(maze, under, plain).split("\n")).toEqual([
      "██████████",
      "██◆ ··● ██",
      "██  ··  ██",
      "██      ██",
      "██████████",
    ]);
  });

  it("marks the agent at the goal", () => {
    expect(mazeText(maze, there, plain).split("\n")[1]).toBe("██★ ····██");
  });

  it("shows a goal where it has moved to, and where it lay before", () => {
    const moved = { ...under, goal: 18, formerGoal: 6 };
    expect(mazeText(maze, moved, plain).split("\n")).toEqual([
      "██████████",
      "██◇ ··● ██",
      "██  ··  ██",
      "██    ◆ ██",
      "██████████",
    ]);
  });

  it("takes as many lines at every moment, none of them wider than a narrow terminal", () => {
    const texts = [1, 3, 80].map((finds) =>
      momentText(
        maze,
        {
          time: 200,
          visits: [...Array.from({ length: finds }, () => steps(100)), under],
          reward: 10 * finds,
          modulator: finds === 3 ? -0.5 : null,
        },
        plain,
      ).split("\n"),
    );
    for (const lines of texts) {
      expect(lines).toHaveLength(texts[0]!.length);
      for (const line of lines) expect(line.length).toBeLessThan(80);
    }
    expect(texts[1]).toContain("modulator -1 ─────●────┼────────── 1 -0.50");
    expect(texts[0]).toContain("no modulator");
  });
});

describe("the steps to the reward", () => {
  it("are those of the search, then those of the ways back", () => {
    expect(stepsText([])).toBe("not found yet");
    expect(stepsText([steps(22)])).toBe("22");
    expect(stepsText([steps(22), steps(6), steps(5)])).toBe("22, then 6 5");
    expect(stepsText([22, 6, 5, 4].map(steps), 2)).toBe("22, then ... 5 4");
  });
});
