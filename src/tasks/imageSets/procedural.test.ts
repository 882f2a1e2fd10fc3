import { describe, expect, test } from "vitest";
import { proceduralImages } from "./procedural.js";

const SIZE = 32;
const set = proceduralImages(1);
const pictures = Array.from({ length: 150 }, (_, index) => set.pixels(index));
const mean = (values: ArrayLike<number>) => Array.from(values).reduce((sum, x) => sum + x, 0) / values.length;

/** Correlation of pixels that lie `apart` pixels from each other in a row. */
function correlationAcross(picture: Float32Array, apart: number): number {
  let product = 0;
  let square = 0;
  for (let y = 0; y < SIZE; y++) {
    for (let x = 0; x + apart < SIZE; x++) {
      const [a, b] = [picture[y * SIZE + x]!, picture[y * SIZE + x + apart]!];
      product += a * b;
      square += (a * a + b * b) / 2;
    }
  }
  return product / square;
}

describe("proceduralImages", () => {
  test("are normalised, finite and of 32 x 32", () => {
    for (const picture of pictures) {
      expect(picture).toHaveLength(SIZE * SIZE);
      expect(picture.every(Number.isFinite)).toBe(true);
      expect(Math.abs(mean(picture))).toBeLessThan(1e-6);
      expect(Math.max(...picture.map(Math.abs))).toBe(1);
    }
  });

  test("are a pure function of seed and index, and all different", () => {
    expect(proceduralImages(1).pixels(7)).toEqual(pictures[7]);
    expect(proceduralImages(2).pixels(7)).not.toEqual(pictures[7]);
    expect(new Set(pictures.map((picture) => picture.join())).size).toBe(pictures.length);
    expect(set.pixels(set.count - 1)).not.toEqual(pictures[0]);
  });

  test("have the statistics of photographs: neighbours alike, distant pixels less so, and edges", () => {
    const near = mean(pictures.map((picture) => correlationAcross(picture, 1)));
    const far = mean(pictures.map((picture) => correlationAcross(picture, 12)));
    expect(near).toBeGreaterThan(0.8);
    expect(far).toBeLessThan(0.5);
    // Differences between neighbours have far more outliers than a normal distribution (kurtosis 3).
    const steps = pictures.flatMap((picture) =>
      Array.from(picture.slice(1), (pixel, i) => pixel - picture[i]!),
    );
    const kurtosis = mean(steps.map((step) => step ** 4)) / mean(steps.map((step) => step ** 2)) ** 2;
    expect(kurtosis).toBeGreaterThan(6);
  });

  test("have no common answer: the mean picture explains little of them", () => {
    const average = pictures[0]!.map((_, i) => mean(pictures.map((picture) => picture[i]!)));
    expect(mean(average.map((x) => x * x))).toBeLessThan(
      0.35 * mean(pictures.map((p) => mean(p.map((x) => x * x)))),
    );
  });

  test("refuse an index that is none", () => {
    expect(() => set.pixels(-1)).toThrow(
      "procedural pictures: a picture's index must be a whole number from 0",
    );
    expect(() => set.pixels(2 ** 32)).toThrow("got 4294967296");
  });
});
