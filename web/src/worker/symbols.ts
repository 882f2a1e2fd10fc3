import { type Random, random } from "hebbian/tasks";
import type { Drawing, Point, Stroke } from "./strokes.js";

/** Points of a stroke: enough for smooth curves. */
const POINTS = 24;
/** Letters hang on a grid: three columns, and as many rows. */
const GRID = [0.22, 0.5, 0.78] as const;
/** No shorter strokes, of the sheet's width. */
const SHORTEST = 0.35;

/** An invented letter: the same for the same seed and number. */
export function symbol(seed: number, number: number): Drawing {
  const rng = random(seed, "symbol", number);
  const strokes: Stroke[] = [];
  const count = 2 + rng.integer(2);
  let last = corner(rng);
  for (let k = 0; k < count; k++) {
    // Most strokes set out from where another ends: letters hang together.
    const start = k > 0 && rng.uniform() < 0.7 ? last : corner(rng);
    let end = corner(rng);
    while (distance(start, end) < SHORTEST) end = corner(rng);
    strokes.push(kinds[rng.integer(kinds.length)]!(start, end, rng));
    last = end;
  }
  return strokes;
}

const corner = (rng: Random): Point => [GRID[rng.integer(3)]!, GRID[rng.integer(3)]!];
const distance = (a: Point, b: Point) => Math.hypot(b[0] - a[0], b[1] - a[1]);

type Kind = (start: Point, end: Point, rng: Random) => Stroke;

const line: Kind = (start, end) => bezier([start, end, end], 0.5);

/** A bow to one side. */
const bow: Kind = (start, end, rng) => {
  const side = rng.sign() * (0.5 + 0.5 * rng.uniform());
  const [dx, dy] = [end[0] - start[0], end[1] - start[1]];
  return bezier([start, [(start[0] + end[0]) / 2 - side * dy, (start[1] + end[1]) / 2 + side * dx], end]);
};

/** Straight, then back around. */
const hook: Kind = (start, end, rng) => {
  const side = 0.3 * rng.sign();
  const [dx, dy] = [end[0] - start[0], end[1] - start[1]];
  const round = Array.from({ length: POINTS / 2 }, (_, k): Point => {
    const angle = (Math.PI * k) / (POINTS / 2 - 1);
    const [along, across] = [0.3 * Math.sin(angle), side * (1 - Math.cos(angle))];
    return [end[0] + along * dx - across * dy, end[1] + along * dy + across * dx];
  });
  return [...line(start, end, rng), ...round];
};

/** A closed loop between two points. */
const loop: Kind = (start, end) => {
  const middle: Point = [(start[0] + end[0]) / 2, (start[1] + end[1]) / 2];
  const radius = Math.min(0.22, distance(start, end) / 2);
  const from = Math.atan2(start[1] - middle[1], start[0] - middle[0]);
  return Array.from({ length: POINTS }, (_, k): Point => {
    const angle = from + (2 * Math.PI * k) / (POINTS - 1);
    return [middle[0] + radius * Math.cos(angle), middle[1] + radius * Math.sin(angle)];
  });
};

const kinds: readonly Kind[] = [line, line, bow, bow, hook, loop];

/** A quadratic Bezier curve; `share` of it where the end comes early. */
function bezier([a, b, c]: readonly [Point, Point, Point], share = 1): Stroke {
  const points = Math.round(POINTS * share);
  return Array.from({ length: points }, (_, k): Point => {
    const t = k / (points - 1);
    const along = (i: 0 | 1) => (1 - t) ** 2 * a[i] + 2 * t * (1 - t) * b[i] + t ** 2 * c[i];
    return [along(0), along(1)];
  });
}
