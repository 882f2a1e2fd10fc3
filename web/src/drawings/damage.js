/** What a visitor may do to a drawing; nothing tells the network where it was done. */
import { inkOf, PIXELS, paintLine, SIDE } from "./raster.js";

/** @typedef {{ uniform(): number; integer(n: number): number; normal(): number; sign(): -1 | 1 }} Rng */

/** Pixels whose ink changes, at least, for a drawing to count as smashed. */
const SHARE = 0.5;
/** Ink that stays where it is in whatever is done at random, as a share of all. */
const KEPT = 0.35;

/**
 * Rubs out everything on one side of a line, so that about half of the ink is gone.
 *
 * @param {Uint8Array} pixels a drawing; it stays as it is
 * @param {number} angle in which direction the half lies that goes, radians, 0 is to the right
 */
export function halved(pixels, angle) {
  const depth = (/** @type {number} */ k) =>
    ((k % SIDE) - SIDE / 2) * Math.cos(angle) + (Math.floor(k / SIDE) - SIDE / 2) * Math.sin(angle);
  const depths = [];
  for (let k = 0; k < PIXELS; k++) if (pixels[k] === 1) depths.push(depth(k));
  depths.sort((a, b) => a - b);
  const middle = depths[Math.floor(depths.length * (1 - SHARE))] ?? 0;
  return pixels.map((ink, k) => (depth(k) > middle ? 0 : ink));
}

/** Rubs with a broad eraser, here and there. @param {Uint8Array} pixels @param {Rng} rng */
export function rubbed(pixels, rng) {
  const left = pixels.slice();
  const strokes = 2 + rng.integer(3);
  const anywhere = () => /** @type {[number, number]} */ ([SIDE * rng.uniform(), SIDE * rng.uniform()]);
  for (let k = 0; k < strokes; k++) {
    const from = anywhere();
    const to = anywhere();
    paintLine(left, from, [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2], 2 + 2 * rng.uniform(), 0);
  }
  return left;
}

/** Tears the sheet along a ragged line and shifts the lower part sideways. @param {Uint8Array} pixels @param {Rng} rng */
export function torn(pixels, rng) {
  const shift = rng.sign() * (3 + rng.integer(6));
  let edge = SIDE * (0.35 + 0.3 * rng.uniform());
  const lower = Array.from({ length: SIDE }, () => {
    edge += 0.8 * rng.normal();
    return edge;
  });
  const whole = pixels.slice();
  return whole.map((ink, k) => {
    const [row, column] = [Math.floor(k / SIDE), k % SIDE];
    if (row <= /** @type {number} */ (lower[column])) return ink;
    const from = column - shift;
    return from >= 0 && from < SIDE ? /** @type {number} */ (whole[row * SIDE + from]) : 0;
  });
}

/** Turns pixels over, ink to paper and paper to ink. @param {Uint8Array} pixels @param {number} share of them @param {Rng} rng */
export function noisy(pixels, share, rng) {
  return pixels.map((ink) => (rng.uniform() < share ? 1 - ink : ink));
}

/**
 * One of the four, at random; of what was drawn, a part is left where it was, for from nothing nobody could tell.
 *
 * @param {Uint8Array} pixels
 * @param {Rng} rng
 * @returns {Uint8Array}
 */
export function smashed(pixels, rng) {
  for (;;) {
    const left = smashedAnyhow(pixels, rng);
    const kept = pixels.reduce((sum, ink, k) => sum + (ink === 1 && left[k] === 1 ? 1 : 0), 0);
    if (kept >= KEPT * inkOf(pixels)) return left;
  }
}

/** @param {Uint8Array} pixels @param {Rng} rng */
function smashedAnyhow(pixels, rng) {
  const kind = rng.uniform();
  if (kind < 0.35) return halved(pixels, 2 * Math.PI * rng.uniform());
  if (kind < 0.5) return rubbed(pixels, rng);
  if (kind < 0.8) return torn(pixels, rng);
  return noisy(pixels, 0.05 + 0.15 * rng.uniform(), rng);
}
