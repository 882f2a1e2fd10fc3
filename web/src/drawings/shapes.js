/** Drawings that somebody might have made: what networks are trained and tested on. */
import { drawn, inkOf, PIXELS, SIDE } from "./raster.js";

/**
 * @typedef {readonly [number, number]} Point
 * @typedef {{ uniform(): number; integer(n: number): number; normal(): number; sign(): -1 | 1 }} Rng
 */

/** Less ink is a dot, more is a blot: neither is what people draw. */
const [LEAST, MOST] = [28, 400];

/** @param {Rng} rng @param {number} low @param {number} high */
const between = (rng, low, high) => low + (high - low) * rng.uniform();

/** An ellipse, or a part of one. @param {Point} centre @param {Point} radii @param {number} from @param {number} turn radians */
export const arc = ([x, y], [rx, ry], from = 0, turn = 2 * Math.PI) =>
  Array.from(
    { length: 25 },
    (_, k) =>
      /** @type {Point} */ ([
        x + rx * Math.cos(from + (turn * k) / 24),
        y + ry * Math.sin(from + (turn * k) / 24),
      ]),
  );

/** Where a hand goes that changes its direction slowly. @param {Rng} rng @returns {Point[]} */
function scrawl(rng) {
  /** @type {Point[]} */
  const points = [];
  let [x, y] = [between(rng, 0.15, 0.85), between(rng, 0.15, 0.85)];
  let heading = between(rng, 0, 2 * Math.PI);
  let bend = 0.4 * rng.normal();
  const length = 6 + rng.integer(30);
  for (let k = 0; k < length; k++) {
    points.push([x, y]);
    bend = 0.85 * bend + 0.2 * rng.normal();
    heading += bend;
    const [nextX, nextY] = [x + 0.045 * Math.cos(heading), y + 0.045 * Math.sin(heading)];
    // Before the edge of the sheet it turns round.
    if (Math.min(nextX, nextY) < 0.06 || Math.max(nextX, nextY) > 0.94) heading += Math.PI / 2;
    else [x, y] = [nextX, nextY];
  }
  return points;
}

/** @param {Rng} rng @returns {Point[]} */
function polygon(rng) {
  const corners = 3 + rng.integer(5);
  const star = rng.uniform() < 0.3;
  const [x, y] = [between(rng, 0.35, 0.65), between(rng, 0.35, 0.65)];
  const [size, turn] = [between(rng, 0.12, 0.38), between(rng, 0, 2 * Math.PI)];
  const count = star ? 2 * corners : corners;
  return Array.from({ length: count + 1 }, (_, k) => {
    const radius = size * (star && k % 2 === 1 ? 0.45 : 1);
    const angle = turn + (2 * Math.PI * k) / count;
    return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
  });
}

/** @param {Rng} rng */
const ellipse = (rng) =>
  arc(
    [between(rng, 0.3, 0.7), between(rng, 0.3, 0.7)],
    [between(rng, 0.08, 0.38), between(rng, 0.08, 0.38)],
    between(rng, 0, 2 * Math.PI),
    rng.uniform() < 0.6 ? 2 * Math.PI : between(rng, 2, 5),
  );

/** @param {Rng} rng @returns {Point[]} */
const line = (rng) => [
  [between(rng, 0.08, 0.92), between(rng, 0.08, 0.92)],
  [between(rng, 0.08, 0.92), between(rng, 0.08, 0.92)],
];

/** @param {Rng} rng @returns {Point[]} */
function spiral(rng) {
  const [turns, size] = [between(rng, 1.5, 3), between(rng, 0.25, 0.4)];
  const [start, way] = [between(rng, 0, 2 * Math.PI), rng.sign()];
  return Array.from({ length: 60 }, (_, k) => {
    const [radius, angle] = [(size * k) / 59, start + (way * 2 * Math.PI * turns * k) / 59];
    return [0.5 + radius * Math.cos(angle), 0.5 + radius * Math.sin(angle)];
  });
}

/** @param {Rng} rng @returns {Point[][]} */
function face(rng) {
  const [x, y, r] = [between(rng, 0.45, 0.55), between(rng, 0.45, 0.55), between(rng, 0.28, 0.4)];
  const mouth =
    rng.uniform() < 0.7
      ? arc([x, y + 0.05 * r], [0.5 * r, 0.5 * r], 0.3, 2.5)
      : arc([x, y + 0.8 * r], [0.4 * r, 0.3 * r], 3.5, 2.4);
  return [arc([x, y], [r, r]), [[x - 0.4 * r, y - 0.25 * r]], [[x + 0.4 * r, y - 0.25 * r]], mouth];
}

/** @param {Rng} rng @returns {Point[][]} */
function house(rng) {
  const [left, right] = [between(rng, 0.12, 0.28), between(rng, 0.7, 0.88)];
  const [top, eaves, ground] = [between(rng, 0.08, 0.2), between(rng, 0.35, 0.48), between(rng, 0.78, 0.92)];
  const middle = (left + right) / 2;
  const door = between(rng, 0.05, 0.09);
  return [
    [
      [left, ground],
      [left, eaves],
      [middle, top],
      [right, eaves],
      [right, ground],
      [left, ground],
    ],
    [
      [left, eaves],
      [right, eaves],
    ],
    [
      [middle - door, ground],
      [middle - door, ground - 0.22],
      [middle + door, ground - 0.22],
      [middle + door, ground],
    ],
  ];
}

/** @param {Rng} rng @returns {Point[][]} */
function heart(rng) {
  const [x, y, size] = [between(rng, 0.45, 0.55), between(rng, 0.45, 0.52), between(rng, 0.018, 0.024)];
  return [
    Array.from({ length: 41 }, (_, k) => {
      const t = (2 * Math.PI * k) / 40;
      return [
        x + size * 16 * Math.sin(t) ** 3,
        y - size * (13 * Math.cos(t) - 5 * Math.cos(2 * t) - 2 * Math.cos(3 * t) - Math.cos(4 * t)),
      ];
    }),
  ];
}

const single = [scrawl, scrawl, scrawl, polygon, ellipse, line];
const whole = [face, house, heart];

/**
 * A drawing of strokes and shapes, [29 * 29]; no two are alike.
 *
 * @param {Rng} rng
 * @returns {Uint8Array}
 */
export function randomDrawing(rng) {
  for (;;) {
    const kind = rng.uniform();
    const strokes =
      kind < 0.16
        ? /** @type {(rng: Rng) => Point[][]} */ (whole[rng.integer(whole.length)])(rng)
        : kind < 0.22
          ? [spiral(rng)]
          : Array.from({ length: 1 + rng.integer(4) }, () =>
              /** @type {(rng: Rng) => Point[]} */ (single[rng.integer(single.length)])(rng),
            );
    const pixels = drawn(strokes, between(rng, 0.9, 1.7));
    const ink = inkOf(pixels);
    if (ink >= LEAST && ink <= MOST) return pixels;
  }
}

/**
 * What a QR code looks like to a network: squares of 1 pixel, half of them dark, and three marks in its corners.
 *
 * @param {Rng} rng
 * @returns {Uint8Array}
 */
export function randomCode(rng) {
  const side = SIDE - 4 * rng.integer(3);
  const edge = (SIDE - side) / 2;
  const pixels = new Uint8Array(PIXELS);
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      pixels[(row + edge) * SIDE + column + edge] = markAt(row, column, side) ?? rng.integer(2);
    }
  }
  return pixels;
}

/** The corner marks of a QR code; null elsewhere. @param {number} row @param {number} column @param {number} side */
function markAt(row, column, side) {
  for (const [top, left] of /** @type {const} */ ([
    [0, 0],
    [0, side - 7],
    [side - 7, 0],
  ])) {
    const [down, right] = [row - top - 3, column - left - 3];
    const ring = Math.max(Math.abs(down), Math.abs(right));
    if (ring <= 4) return ring === 2 || ring === 4 ? 0 : 1;
  }
  return null;
}
