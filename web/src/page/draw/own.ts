import { drawn } from "../../drawings/raster.js";
import { arc } from "../../drawings/shapes.js";

type Point = readonly [number, number];
type Strokes = readonly (readonly Point[])[];

const heart: readonly Point[] = Array.from({ length: 41 }, (_, k) => {
  const t = (2 * Math.PI * k) / 40;
  const [x, y] = [
    16 * Math.sin(t) ** 3,
    13 * Math.cos(t) - 5 * Math.cos(2 * t) - 2 * Math.cos(3 * t) - Math.cos(4 * t),
  ];
  return [0.5 + 0.022 * x, 0.48 - 0.022 * y];
});

/** Finer than a visitor's: whiskers. In pixels. */
const PEN = 0.95;

/** What the page draws while nobody else does. */
export const own = {
  cat: [
    arc([0.5, 0.56], [0.31, 0.28], -2.35, 2 * Math.PI),
    [
      [0.27, 0.38],
      [0.22, 0.12],
      [0.42, 0.29],
    ],
    [
      [0.58, 0.29],
      [0.78, 0.12],
      [0.73, 0.38],
    ],
    [
      [0.38, 0.5],
      [0.38, 0.53],
    ],
    [
      [0.62, 0.5],
      [0.62, 0.53],
    ],
    [
      [0.46, 0.64],
      [0.5, 0.68],
      [0.54, 0.64],
    ],
    [
      [0.06, 0.56],
      [0.3, 0.6],
    ],
    [
      [0.94, 0.56],
      [0.7, 0.6],
    ],
  ],
  heart: [heart],
  house: [
    [
      [0.2, 0.86],
      [0.2, 0.46],
      [0.5, 0.14],
      [0.8, 0.46],
      [0.8, 0.86],
      [0.2, 0.86],
    ],
    [
      [0.43, 0.86],
      [0.43, 0.62],
      [0.58, 0.62],
      [0.58, 0.86],
    ],
    [
      [0.3, 0.46],
      [0.7, 0.46],
    ],
  ],
  fish: [
    arc([0.42, 0.5], [0.28, 0.19], 0.5, 2 * Math.PI - 1),
    [
      [0.66, 0.58],
      [0.9, 0.3],
      [0.86, 0.5],
      [0.9, 0.72],
      [0.66, 0.42],
    ],
    [
      [0.28, 0.44],
      [0.28, 0.46],
    ],
  ],
} as const satisfies Record<string, Strokes>;
const inTurn: readonly Strokes[] = Object.values(own);

/** The drawing `number` as far as a hand has got with it: a share of its points. */
export function ownDrawing(number: number, share: number): Uint8Array {
  const strokes = inTurn[number % inTurn.length]!.map(finer);
  let left = Math.ceil(share * strokes.reduce((sum, stroke) => sum + stroke.length, 0));
  const begun = strokes.flatMap((stroke) => {
    const points = stroke.slice(0, Math.max(0, left));
    left -= stroke.length;
    return points.length > 0 ? [points] : [];
  });
  return drawn(begun, PEN);
}

/** Points at small distances, so that a hand is as fast on a line as on a curve. */
export function finer(stroke: readonly Point[]): Point[] {
  return stroke.flatMap(([x, y], k) => {
    const [fromX, fromY] = stroke[Math.max(0, k - 1)]!;
    const parts = Math.max(1, Math.ceil(Math.hypot(x - fromX, y - fromY) / 0.03));
    return Array.from({ length: parts }, (_, part): Point => {
      const share = (part + 1) / parts;
      return [fromX + share * (x - fromX), fromY + share * (y - fromY)];
    });
  });
}
