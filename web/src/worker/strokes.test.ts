import { random } from "hebbian/tasks";
import { describe, expect, it } from "vitest";
import { again, type Drawing, type Point, pictureOf } from "./strokes.js";
import { symbol } from "./symbols.js";

const SIDE = 31;
const cross: Drawing = [
  [
    [0.2, 0.2],
    [0.8, 0.8],
  ],
  [
    [0.8, 0.2],
    [0.2, 0.8],
  ],
];
const moved = (drawing: Drawing, scale: number, right: number, down: number): Drawing =>
  drawing.map((stroke) => stroke.map(([x, y]): Point => [scale * x + right, scale * y + down]));
const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);
const centre = (picture: Float32Array) => {
  const along = (of: (k: number) => number) => sum(picture.map((ink, k) => ink * of(k))) / sum(picture);
  return [along((k) => k % SIDE), along((k) => Math.floor(k / SIDE))];
};

describe("a drawing's picture", () => {
  it("is ink, 0 to 1, with its centre of mass within a pixel of the middle, and paper at the edge", () => {
    const picture = pictureOf([...cross, [[0.9, 0.1]]])!;
    expect(picture).toHaveLength(SIDE * SIDE);
    expect(Math.min(...picture)).toBe(0);
    expect(Math.max(...picture)).toBeCloseTo(1, 6);
    for (const place of centre(picture)) expect(Math.abs(place - (SIDE - 1) / 2)).toBeLessThan(0.6);
    for (let k = 0; k < SIDE; k++) expect(picture[k]! + picture[k * SIDE]!).toBe(0);
  });

  it("is the same wherever, and however large, it is drawn", () => {
    expect(pictureOf(moved(cross, 0.5, 0.4, 0.05))).toEqual(pictureOf(cross));
  });

  it("has lines as wide as Omniglot's: about 1.5 pixels", () => {
    const picture = pictureOf([
      [
        [0.5, 0.1],
        [0.5, 0.9],
      ],
    ])!;
    const across = Array.from({ length: SIDE }, (_, x) => picture[15 * SIDE + x]!);
    expect(sum(across)).toBeGreaterThan(1.3);
    expect(sum(across)).toBeLessThan(1.7);
  });

  it("of a dot is a dot, and of an empty sheet none", () => {
    expect(sum(pictureOf([[[0.3, 0.3]]])!)).toBeGreaterThan(1);
    expect(sum(pictureOf([[[0.3, 0.3]]])!)).toBeLessThan(4);
    expect(pictureOf([])).toBeNull();
  });
});

it("another hand draws as many strokes and points, elsewhere, on the sheet; the same for the same numbers", () => {
  for (let number = 0; number < 50; number++) {
    const drawing = symbol(3, number);
    const other = again(drawing, random(3, "hand", number));
    expect(other.map(({ length }) => length)).toEqual(drawing.map(({ length }) => length));
    for (const share of other.flat(2)) expect(share > 0 && share < 1).toBe(true);
    expect(other).not.toEqual(drawing);
    expect(other).toEqual(again(symbol(3, number), random(3, "hand", number)));
  }
});
