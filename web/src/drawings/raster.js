/** A drawing is [29 * 29] of 1 (ink) and 0 (paper), row by row. 29: the side of a QR code of version 3, which fits it exactly. */
export const SIDE = 29;
export const PIXELS = SIDE * SIDE;

/**
 * Draws a straight line with a round pen, or rubs one out.
 *
 * @param {Uint8Array} pixels a drawing
 * @param {readonly [number, number]} from in pixels, [0, 0] at the upper left corner
 * @param {readonly [number, number]} to
 * @param {number} radius of the pen, in pixels
 * @param {0 | 1} ink 1 draws, 0 rubs out
 */
export function paintLine(pixels, [x0, y0], [x1, y1], radius, ink = 1) {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const square = dx * dx + dy * dy;
  const first = (/** @type {number} */ a, /** @type {number} */ b) =>
    Math.max(0, Math.floor(Math.min(a, b) - radius - 1));
  const end = (/** @type {number} */ a, /** @type {number} */ b) =>
    Math.min(SIDE, Math.ceil(Math.max(a, b) + radius + 1));
  for (let row = first(y0, y1); row < end(y0, y1); row++) {
    for (let column = first(x0, x1); column < end(x0, x1); column++) {
      const [x, y] = [column + 0.5 - x0, row + 0.5 - y0];
      const along = square === 0 ? 0 : Math.max(0, Math.min(1, (x * dx + y * dy) / square));
      if (Math.hypot(x - along * dx, y - along * dy) <= radius) pixels[row * SIDE + column] = ink;
    }
  }
}

/**
 * A drawing of strokes, each a list of points.
 *
 * @param {readonly (readonly (readonly [number, number])[])[]} strokes in shares of the side, 0 to 1
 * @param {number} radius of the pen, in pixels
 */
export function drawn(strokes, radius = 1.3) {
  const pixels = new Uint8Array(PIXELS);
  for (const stroke of strokes) {
    stroke.forEach(([x, y], k) => {
      const [fromX, fromY] = stroke[Math.max(0, k - 1)] ?? [x, y];
      paintLine(pixels, [fromX * SIDE, fromY * SIDE], [x * SIDE, y * SIDE], radius);
    });
  }
  return pixels;
}

/** How many pixels are ink. @param {ArrayLike<number>} pixels */
export function inkOf(pixels) {
  let count = 0;
  for (let k = 0; k < pixels.length; k++) if (pixels[k] === 1) count++;
  return count;
}
