import type { Random } from "../random.js";

/**
 * A drawing as another hand might have made it: turned, sheared and scaled a little about the middle of its picture.
 * `pixels` are size * size numbers, 0 (paper) to 1 (ink); a copy. Each number of the linear map differs from the
 * identity's by at most `amount`, uniformly: 0.2 is about 11 degrees, or a fifth of the size. What comes from beyond the
 * picture is paper; between pixels it is interpolated linearly.
 */
export function warpedPicture(pixels: Float32Array, size: number, amount: number, rng: Random): Float32Array {
  const off = () => amount * (2 * rng.uniform() - 1);
  const [xx, xy, yx, yy] = [1 + off(), off(), off(), 1 + off()];
  const middle = (size - 1) / 2;
  const at = (x: number, y: number) => (x >= 0 && y >= 0 && x < size && y < size ? pixels[y * size + x]! : 0);
  const result = new Float32Array(pixels.length);
  for (let row = 0; row < size; row++) {
    for (let col = 0; col < size; col++) {
      const [right, down] = [col - middle, row - middle];
      const [x, y] = [middle + xx * right + xy * down, middle + yx * right + yy * down];
      const [left, top] = [Math.floor(x), Math.floor(y)];
      const [across, below] = [x - left, y - top];
      const upper = at(left, top) * (1 - across) + at(left + 1, top) * across;
      const lower = at(left, top + 1) * (1 - across) + at(left + 1, top + 1) * across;
      result[row * size + col] = upper * (1 - below) + lower * below;
    }
  }
  return result;
}
