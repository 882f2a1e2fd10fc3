import { PIXELS, SIDE } from "../../drawings/raster.js";

/** The pixel of ink that is nearest to another; that one itself on an empty sheet. */
export function nearestInk(drawing: Uint8Array, pixel: number): number {
  const [row, column] = [Math.floor(pixel / SIDE), pixel % SIDE];
  let [best, least] = [pixel, Number.POSITIVE_INFINITY];
  for (let k = 0; k < PIXELS; k++) {
    const distance = Math.hypot(Math.floor(k / SIDE) - row, (k % SIDE) - column);
    if (drawing[k] === 1 && distance < least) [best, least] = [k, distance];
  }
  return best;
}

/** Share of pixels in which two drawings differ. */
export const differing = (a: Uint8Array, b: Uint8Array): number =>
  a.reduce((sum, ink, k) => sum + Number(ink !== b[k]), 0) / PIXELS;

/**
 * A drawing on its way to what is left of it: one side goes, from the edge on. `angle`: where that side lies, radians, 0 is to
 * the right; `share`: how far the eraser has come.
 */
export function rubbedTo(whole: Uint8Array, left: Uint8Array, angle: number, share: number): Uint8Array {
  const depth = (k: number) => (k % SIDE) * Math.cos(angle) + Math.floor(k / SIDE) * Math.sin(angle);
  const depths = Array.from(whole, (_, k) => depth(k));
  const [least, most] = [Math.min(...depths), Math.max(...depths)];
  const edge = most - (most - least) * share;
  return whole.map((ink, k) => (depths[k]! >= edge ? left[k]! : ink));
}
