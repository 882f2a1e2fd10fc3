import type { Maze } from "../../src/tasks/index.js";
import type { Colours } from "../io.js";
import { type MazeMoment, type Visit, visitWords } from "./visits.js";

const WALL = "██";
const FLOOR = "  ";
const TRAIL = "··";
const GOAL = "◆ ";
const FORMER_GOAL = "◇ ";
const AGENT = "● ";
/** The agent at the goal. */
const FOUND = "★ ";
/** Characters of the modulator's scale, from -1 to 1. */
const SCALE = 21;

/** A maze with the goal, where that lay before it moved, and the way of one visit, two characters a cell. */
export function mazeText(maze: Maze, visit: Visit, colours: Colours): string {
  const { path, found, goal, formerGoal } = visit;
  const agent = path.at(-1)!;
  const mark = found ? colours.bold(colours.green(FOUND)) : colours.bold(colours.cyan(AGENT));
  const walked = new Set(path);
  const cell = (at: number): string => {
    if (at === agent) return mark;
    if (at === goal) return colours.yellow(GOAL);
    if (at === formerGoal) return colours.yellow(FORMER_GOAL);
    if (maze.walls[at]) return colours.dim(WALL);
    return walked.has(at) ? colours.cyan(TRAIL) : FLOOR;
  };
  const { size } = maze;
  return Array.from({ length: size }, (_, row) =>
    Array.from({ length: size }, (_, column) => cell(row * size + column)).join(""),
  ).join("\n");
}

/** What is going on, line by line; always as many lines. */
export function momentText(maze: Maze, moment: MazeMoment, colours: Colours): string {
  const { time, visits, reward, modulator } = moment;
  const now = visits.at(-1)!;
  const found = visits.filter((visit) => visit.found);
  return [
    `step ${String(time).padStart(3)}/${maze.steps}   reward ${Number(reward.toFixed(1))}   found ${found.length} times`,
    mazeText(maze, now, colours),
    modulator === null ? "no modulator" : `modulator ${scale(modulator)} ${modulator.toFixed(2).padStart(5)}`,
    `visit ${visits.length}: ${visitWords(now)}`,
    `steps to the reward: ${stepsText(found)}`,
  ].join("\n");
}

/** "22, then 6 5 8 5": the search, and the ways back, the last `most` of them: a line must not be broken. */
export function stepsText(found: readonly Visit[], most = 10): string {
  const [first, ...later] = found.map(({ path }) => path.length - 1);
  if (first === undefined) return "not found yet";
  const shown = `${later.length > most ? "... " : ""}${later.slice(-most).join(" ")}`;
  return later.length === 0 ? String(first) : `${first}, then ${shown}`;
}

/** A mark between -1 and 1. */
function scale(value: number): string {
  const at = Math.round(((Math.max(-1, Math.min(1, value)) + 1) / 2) * (SCALE - 1));
  const line = Array.from({ length: SCALE }, (_, k) => (k === at ? "●" : k === (SCALE - 1) / 2 ? "┼" : "─"));
  return `-1 ${line.join("")} 1`;
}
