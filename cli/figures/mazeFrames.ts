import {
  element,
  FAINT,
  figure,
  INK,
  LABEL_SIZE,
  lineHeight,
  MUTED,
  textLines,
  translated,
} from "../../src/figures/svg.js";
import type { Maze } from "../../src/tasks/index.js";
import { type MazeMoment, type Visit, visitWords } from "../agents/visits.js";
import type { GifFrame } from "./gif.js";

const CELL = 22;
const GAP = 32;
const STRIP = 60;
const WALL = "#4a5462";
const AGENT = "#0b6cb0";
const GOAL = "#cc4c02";
/** Milliseconds of a step, and of the moments when the goal is found. */
const STEP = 90;
const FOUND = 500;

/**
 * An episode as frames of an animation: on the left the search, on the right the latest way back to the reward; below,
 * the modulator at every step so far, and a mark where the reward was found.
 */
export function mazeFrames(title: string, maze: Maze, moments: readonly MazeMoment[]): GifFrame[] {
  return moments.map((moment, k) => ({
    svg: frame(title, maze, moments.slice(0, k + 1)),
    delay: moment.visits.at(-1)!.found ? FOUND : STEP,
  }));
}

function frame(title: string, maze: Maze, past: readonly MazeMoment[]): string {
  const { time, visits, reward } = past.at(-1)!;
  const side = maze.size * CELL;
  const width = 2 * side + GAP;
  const later = visits.length > 1 ? visits.at(-1)! : null;
  const caption = lineHeight(LABEL_SIZE) + 6;
  const body = [
    textLines([`first visit: ${visitWords(visits[0]!)}`], 0, 0),
    translated(0, caption, panel(maze, visits[0]!, true)),
    textLines(
      [later ? `visit ${visits.length}: ${visitWords(later)}` : "then straight back, from anywhere?"],
      side + GAP,
      0,
      { colour: later ? INK : MUTED },
    ),
    translated(side + GAP, caption, panel(maze, later ?? visits[0]!, later !== null)),
    textLines([`step ${time} of ${maze.steps}, reward ${Number(reward.toFixed(1))}`], 0, caption + side + 8),
    textLines(
      [past.at(-1)!.modulator === null ? "finds" : "finds, and modulator from -1 to 1"],
      width,
      caption + side + 8,
      {
        colour: MUTED,
        anchor: "end",
      },
    ),
    translated(0, caption + side + 8 + caption, strip(maze.steps, width, past)),
  ];
  return figure(title, width, 2 * caption + side + 8 + STRIP, body.join(""));
}

/** The maze with the goal of a visit, an outline where that lay before it moved, and its way, unless that is not to be shown. */
function panel(maze: Maze, visit: Visit, showsWay: boolean): string {
  const { size, walls } = maze;
  const place = (cell: number) => ({ x: (cell % size) * CELL, y: Math.floor(cell / size) * CELL });
  const middle = (cell: number) => {
    const { x, y } = place(cell);
    return `${x + CELL / 2},${y + CELL / 2}`;
  };
  const parts = [element("rect", { x: 0, y: 0, width: size * CELL, height: size * CELL, fill: "#f4f6f8" })];
  walls.forEach((wall, cell) => {
    if (wall) parts.push(element("rect", { ...place(cell), width: CELL, height: CELL, fill: WALL }));
  });
  const square = (cell: number, look: Record<string, string | number>) => {
    const { x, y } = place(cell);
    parts.push(element("rect", { x: x + 4, y: y + 4, width: CELL - 8, height: CELL - 8, rx: 3, ...look }));
  };
  if (visit.formerGoal !== null) {
    square(visit.formerGoal, { fill: "none", stroke: GOAL, "stroke-width": 1.6 });
  }
  square(visit.goal, { fill: GOAL });
  if (showsWay) {
    const at = place(visit.path.at(-1)!);
    parts.push(
      element("polyline", {
        points: visit.path.map(middle).join(" "),
        fill: "none",
        stroke: AGENT,
        "stroke-width": 3,
        "stroke-opacity": 0.45,
        "stroke-linejoin": "round",
      }),
      element("circle", { cx: at.x + CELL / 2, cy: at.y + CELL / 2, r: CELL * 0.32, fill: AGENT }),
    );
  }
  return parts.join("");
}

/** The modulator over time between -1 and 1, where there is one, and the finds. */
function strip(steps: number, width: number, past: readonly MazeMoment[]): string {
  const x = (time: number) => (time / steps) * width;
  const y = (value: number) => (STRIP / 2) * (1 - Math.max(-1, Math.min(1, value)));
  const finds = past.filter(({ visits }) => visits.at(-1)!.found);
  const marks = finds.map(({ time }) =>
    element("line", { x1: x(time), x2: x(time), y1: 0, y2: STRIP, stroke: GOAL, "stroke-width": 2 }),
  );
  const signal = past.filter(({ modulator }) => modulator !== null);
  const line = signal.map(({ time, modulator }) => `${x(time)},${y(modulator!)}`).join(" ");
  return [
    element("rect", { x: 0, y: 0, width, height: STRIP, fill: "none", stroke: FAINT }),
    ...marks,
    signal.length > 1
      ? element("line", { x1: 0, x2: width, y1: STRIP / 2, y2: STRIP / 2, stroke: FAINT }) +
        element("polyline", { points: line, fill: "none", stroke: AGENT, "stroke-width": 1.6 })
      : "",
  ].join("");
}
