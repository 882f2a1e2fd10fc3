import type { CharacterSet } from "./characterSet.js";

/** The same drawings, each moved by whole pixels so that the centre of its ink's mass lies in the middle. */
export function centred(set: CharacterSet): CharacterSet {
  return {
    ...set,
    name: `${set.name}, centred`,
    pixels: (index) => centredPicture(set.pixels(index), set.size),
  };
}

/** One drawing, size * size numbers, 0 (paper) to 1 (ink), moved likewise; a copy, unless there is no ink in it. */
export function centredPicture(pixels: Float32Array, size: number): Float32Array {
  let [mass, across, down] = [0, 0, 0];
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const ink = pixels[y * size + x]!;
      mass += ink;
      across += ink * x;
      down += ink * y;
    }
  }
  if (mass === 0) return pixels;
  const middle = (size - 1) / 2;
  const [right, below] = [Math.round(middle - across / mass), Math.round(middle - down / mass)];
  const result = new Float32Array(pixels.length);
  for (let y = Math.max(0, below); y < Math.min(size, size + below); y++) {
    for (let x = Math.max(0, right); x < Math.min(size, size + right); x++) {
      result[y * size + x] = pixels[(y - below) * size + (x - right)]!;
    }
  }
  return result;
}
