import { type Axis, plainNumber } from "./axes.js";
import { element, FAINT, MUTED, SMALL_SIZE } from "./svg.js";

/** Where on the page a number of an axis lies, in pixels. */
export type Scale = (value: number) => number;

/** From a domain to a range of pixels, which may fall; by logarithms if `log`. */
export function scale({ domain }: Axis, from: number, to: number, log = false): Scale {
  const along = log ? Math.log10 : (value: number) => value;
  const [low, high] = [along(domain[0]), along(domain[1])];
  return (value) => from + ((along(value) - low) / (high - low)) * (to - from);
}

/** A plot's two scales, and the edges of the rectangle that they fill. */
export interface Plot {
  readonly x: Scale;
  readonly y: Scale;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** A point of a mark, in the axes' own numbers. */
export type Point = readonly [x: number, y: number];
type Style = Readonly<Record<string, string | number>>;

const DASHES = { "stroke-dasharray": "5,4" };
/** Digits of one width, so that a column of them stands straight. */
const TICK = { fill: MUTED, "font-size": SMALL_SIZE, "font-variant": "tabular-nums" };

/** Faint lines across the plot, with their numbers left of it. */
export function valueTicks({ y, left, right }: Plot, ticks: readonly number[]): string {
  const lines = ticks.map((tick) => element("line", { x1: left, x2: right, y1: y(tick), y2: y(tick) }));
  const labels = ticks.map((tick) =>
    element("text", { x: left - 9, y: y(tick), dy: "0.32em" }, plainNumber(tick)),
  );
  return (
    element("g", { stroke: FAINT, role: "presentation" }, lines.join("")) +
    element("g", { ...TICK, "text-anchor": "end" }, labels.join(""))
  );
}

/** Short lines below the plot, with their numbers. */
export function episodeTicks({ x, bottom }: Plot, ticks: readonly number[]): string {
  const lines = ticks.map((tick) =>
    element("line", { x1: x(tick), x2: x(tick), y1: bottom, y2: bottom + 4 }),
  );
  const labels = ticks.map((tick) =>
    element("text", { x: x(tick), y: bottom + 9, dy: "0.71em" }, plainNumber(tick)),
  );
  return (
    element("g", { stroke: MUTED, role: "presentation" }, lines.join("")) +
    element("g", { ...TICK, "text-anchor": "middle" }, labels.join(""))
  );
}

/** A dashed line across the plot. */
export const baseline = ({ y, left, right }: Plot, value: number): string =>
  element("line", { x1: left, x2: right, y1: y(value), y2: y(value), stroke: MUTED, ...DASHES });

/** A dashed line from top to bottom. */
export const moment = ({ x, top, bottom }: Plot, episode: number): string =>
  element("line", { x1: x(episode), x2: x(episode), y1: top, y2: bottom, stroke: MUTED, ...DASHES });

/** A line through points; through a single one, a dot as wide as the line. */
export function line({ x, y }: Plot, points: readonly Point[], style: Style): string {
  if (points.length === 0) return "";
  const d = points.length === 1 ? `${path(points, x, y)}Z` : path(points, x, y);
  const ends = { fill: "none", "stroke-linecap": "round", "stroke-linejoin": "round" };
  return element("path", { d, ...ends, ...style });
}

export const dots = ({ x, y }: Plot, points: readonly Point[], style: Style): string =>
  points.map(([at, value]) => element("circle", { cx: x(at), cy: y(value), r: 2.5, ...style })).join("");

/** What lies between two lines over the same places. */
export function area({ x, y }: Plot, lows: readonly Point[], highs: readonly Point[], style: Style): string {
  if (lows.length === 0) return "";
  const back = path(highs.toReversed(), x, y).replace("M", "L");
  return element("path", { d: `${path(lows, x, y)}${back}Z`, ...style });
}

/** In hundredths of a pixel, as everything in a figure. */
const path = (points: readonly Point[], x: Scale, y: Scale): string =>
  points.map(([at, value], i) => `${i === 0 ? "M" : "L"}${short(x(at))},${short(y(value))}`).join("");

const short = (pixels: number): string => String(Math.round(pixels * 100) / 100);
