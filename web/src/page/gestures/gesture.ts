import type { Drawing, Point, Stroke } from "../../worker/strokes.js";
import { drawingFrom, textOf } from "../drawingText.js";
import { amountOf } from "../name-it/named.js";

/** What gestures may do on this page, in the order of the network's neurons. */
export const actions = [
  "Scroll down",
  "Scroll up",
  "Next section",
  "Previous section",
  "Play or pause",
] as const;
export type Action = (typeof actions)[number];

/** The ring around where a stroke begins, as a share of the stroke's extent. */
const RING = 0.15;
const CORNERS = 12;

/**
 * A gesture as the network sees it. It looks at pictures, in which a stroke to the left is one to the right; so a ring is drawn
 * around where the pen was put down.
 */
export function gestureDrawing(stroke: Stroke): Drawing {
  const [begin] = stroke;
  if (!begin) return [];
  const sides = ([0, 1] as const).map((axis) => {
    const all = stroke.map((point) => point[axis]);
    return Math.max(...all) - Math.min(...all);
  });
  const radius = RING * Math.max(...sides);
  const ring = Array.from({ length: CORNERS + 1 }, (_, k): Point => {
    const angle = (2 * Math.PI * k) / CORNERS;
    return [begin[0] + radius * Math.cos(angle), begin[1] + radius * Math.sin(angle)];
  });
  return [ring, stroke];
}

/** A straight line with points at small distances, as a hand leaves them. */
const line = ([x0, y0]: Point, [x1, y1]: Point): Stroke =>
  Array.from({ length: 13 }, (_, k): Point => [x0 + ((x1 - x0) * k) / 12, y0 + ((y1 - y0) * k) / 12]);
const round: Stroke = Array.from({ length: 25 }, (_, k): Point => {
  const angle = (2 * Math.PI * k) / 24 - Math.PI / 2;
  return [0.5 + 0.3 * Math.cos(angle), 0.5 + 0.3 * Math.sin(angle)];
});
/** The gestures that the page brings along, until somebody shows others. */
export const usualGestures: readonly Stroke[] = [
  line([0.5, 0.2], [0.5, 0.8]),
  line([0.5, 0.8], [0.5, 0.2]),
  line([0.2, 0.5], [0.8, 0.5]),
  line([0.8, 0.5], [0.2, 0.5]),
  round,
];

/** Gestures as text that a device can keep. */
export const textOfGestures = (strokes: readonly Stroke[]): string =>
  strokes.map((stroke) => textOf([stroke])).join(",");

/** ... and back; null for anything else than one good stroke for each action. */
export function gesturesFrom(text: string): Stroke[] | null {
  const strokes = text.split(",").map((part) => drawingFrom(part)?.[0] ?? []);
  const good =
    strokes.length === actions.length && strokes.every((stroke) => amountOf([stroke]) === "something");
  return good ? strokes : null;
}
