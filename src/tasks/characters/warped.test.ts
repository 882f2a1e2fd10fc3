import { describe, expect, test } from "vitest";
import { random } from "../random.js";
import { warpedPicture } from "./warped.js";

const SIZE = 21;
const MIDDLE = 10;
/** Ink that rises evenly to the right, or downwards: a linear map of the plane leaves it a plane. */
const slope = (right: number, down: number) =>
  Float32Array.from(
    { length: SIZE * SIZE },
    (_, i) => 0.5 + right * ((i % SIZE) - MIDDLE) + down * (Math.floor(i / SIZE) - MIDDLE),
  );
const at = (pixels: Float32Array, col: number, row: number) => pixels[row * SIZE + col]!;

describe("warpedPicture", () => {
  test("is the picture itself for an amount of 0, as a copy", () => {
    const pixels = slope(0.01, 0.02);
    const same = warpedPicture(pixels, SIZE, 0, random(0, "warp", 0));
    expect(same).toEqual(pixels);
    expect(same).not.toBe(pixels);
  });

  test("is a linear map about the middle, whose numbers differ from the identity's by up to the amount", () => {
    const AMOUNT = 0.2;
    const far = [0, 0, 0, 0];
    for (let k = 0; k < 200; k++) {
      const [x, y] = [slope(0.01, 0), slope(0, 0.01)].map((pixels) =>
        warpedPicture(pixels, SIZE, AMOUNT, random(1, "warp", k)),
      ) as [Float32Array, Float32Array];
      // Around the middle nothing comes from beyond the picture.
      const map = [x, y].flatMap((plane) => {
        expect(at(plane, MIDDLE, MIDDLE)).toBeCloseTo(0.5, 6);
        const right = (at(plane, MIDDLE + 1, MIDDLE) - 0.5) / 0.01;
        const down = (at(plane, MIDDLE, MIDDLE + 1) - 0.5) / 0.01;
        expect(at(plane, MIDDLE + 4, MIDDLE - 3)).toBeCloseTo(0.5 + 0.01 * (4 * right - 3 * down), 5);
        return [right, down];
      });
      map.forEach((value, i) => {
        const off = Math.abs(value - (i === 0 || i === 3 ? 1 : 0));
        expect(off).toBeLessThan(AMOUNT + 1e-4);
        far[i] = Math.max(far[i]!, off);
      });
    }
    for (const most of far) expect(most).toBeGreaterThan(0.9 * AMOUNT);
  });

  test("takes what lies beyond the picture as paper", () => {
    const ink = new Float32Array(SIZE * SIZE).fill(1);
    const warped = Array.from({ length: 50 }, (_, k) => warpedPicture(ink, SIZE, 0.3, random(2, "warp", k)));
    expect(Math.max(...warped.flatMap((pixels) => [...pixels]))).toBeCloseTo(1, 6);
    expect(warped.some((pixels) => at(pixels, 0, 0) === 0)).toBe(true);
  });
});
