import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ImageSet, meanImage, normalise, selected, subset } from "./imageSet.js";

const numbered: ImageSet = {
  name: "numbered",
  count: 10,
  size: 1,
  pixels: (index) => Float32Array.of(index),
};

describe("normalise", () => {
  test("gives mean 0 and a largest absolute value of exactly 1, in the same order of greys", () => {
    const grey = fc.array(fc.integer({ min: 0, max: 765 }), { minLength: 2, maxLength: 200 });
    fc.assert(
      fc.property(grey, (greys) => {
        fc.pre(new Set(greys).size > 1);
        const pixels = [...normalise(greys)!];
        expect(Math.abs(pixels.reduce((sum, pixel) => sum + pixel, 0))).toBeLessThan(1e-5 * pixels.length);
        expect(Math.max(...pixels.map(Math.abs))).toBe(1);
        const order = greys.map((_, i) => i).sort((a, b) => greys[a]! - greys[b]!);
        for (let i = 1; i < order.length; i++) {
          expect(pixels[order[i]!]! >= pixels[order[i - 1]!]!).toBe(true);
        }
      }),
    );
  });

  test("has nothing to say of one single grey, rounding errors included", () => {
    expect(normalise([7, 7, 7])).toBeUndefined();
    expect(normalise([0, 0])).toBeUndefined();
    expect(normalise([0.1, 0.1, 0.30000000000000004 - 0.2])).toBeUndefined();
  });
});

describe("subset", () => {
  test("numbers its pictures from 0, and never reaches beyond its borders", () => {
    const middle = subset(numbered, 3, 6);
    expect(middle.count).toBe(3);
    expect([0, 1, 2].map((index) => middle.pixels(index)[0])).toEqual([3, 4, 5]);
    expect(() => middle.pixels(3)).toThrow(
      "numbered: a picture's index must be a whole number from 0 to 2, got 3",
    );
    expect(() => middle.pixels(-1)).toThrow("got -1");
  });

  test("refuses borders outside of the set", () => {
    for (const [from, to] of [
      [0, 11],
      [-1, 3],
      [4, 4],
      [0.5, 3],
    ] as const) {
      expect(() => subset(numbered, from, to)).toThrow(
        `0 <= from < to <= 10 (numbered), got ${from} and ${to}`,
      );
    }
  });
});

test("selected pictures come in the order of their indices, and there are no others", () => {
  const some = selected(numbered, [7, 2, 2]);
  expect([0, 1, 2].map((index) => some.pixels(index)[0])).toEqual([7, 2, 2]);
  expect(() => some.pixels(3)).toThrow("a whole number from 0 to 2, got 3");
  expect(() => selected(numbered, [10])).toThrow("a whole number from 0 to 9, got 10");
});

test("meanImage is the mean of the first pictures", () => {
  expect(meanImage(numbered, 4)).toEqual(Float32Array.of(1.5));
  expect(() => meanImage(numbered, 11)).toThrow("n must be a whole number from 1 to 10 (numbered), got 11");
});
