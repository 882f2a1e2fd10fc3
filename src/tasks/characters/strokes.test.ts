import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Stroke, strokesToPicture } from "./strokes.js";

const SIZE = 31;
const cross: readonly Stroke[] = [
  [
    [0, 0],
    [100, 100],
  ],
  [
    [100, 0],
    [0, 100],
  ],
];

/** The rectangle around what is at least half ink, and the centre of its mass, in pixels. */
function inkOf(picture: Float32Array, size = SIZE) {
  let [left, right, top, bottom, mass, x, y] = [size, 0, size, 0, 0, 0, 0];
  picture.forEach((ink, at) => {
    const [row, column] = [Math.floor(at / size), at % size];
    mass += ink;
    x += ink * column;
    y += ink * row;
    if (ink < 0.5) return;
    [left, right, top, bottom] = [
      Math.min(left, column),
      Math.max(right, column),
      Math.min(top, row),
      Math.max(bottom, row),
    ];
  });
  return { wide: right - left + 1, high: bottom - top + 1, mass, centre: [x / mass, y / mass] as const };
}

describe("strokesToPicture", () => {
  it("draws ink of 0.6 of the picture, its mass in the middle, wherever and however large the drawing was", () => {
    const drawn = strokesToPicture(cross);
    const { wide, high, centre } = inkOf(drawn);
    expect(wide).toBe(high);
    // The pen's own width comes to it.
    expect(Math.abs(wide - 0.65 * SIZE)).toBeLessThan(1.5);
    for (const each of centre) expect(Math.abs(each - 15)).toBeLessThan(0.51);
    expect(Math.max(...drawn)).toBe(1);
    expect(Math.min(...drawn)).toBe(0);
    fc.assert(
      fc.property(
        fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
        fc.integer({ min: -1000, max: 1000 }),
        (scale, shift) => {
          const elsewhere = cross.map((stroke) =>
            stroke.map((point) => {
              const [x, y] = point as readonly [number, number];
              return [scale * x + shift, scale * y - shift] as const;
            }),
          );
          const picture = strokesToPicture(elsewhere);
          expect(Math.max(...picture.map((ink, k) => Math.abs(ink - drawn[k]!)))).toBeLessThan(1e-3);
        },
      ),
    );
  });

  it("takes the size of the ink, the pen and the picture as they are asked for", () => {
    expect(inkOf(strokesToPicture(cross, SIZE, { extent: 0.9 })).wide).toBeGreaterThan(27);
    expect(inkOf(strokesToPicture(cross, 64), 64).wide).toBeGreaterThan(36);
    const line: Stroke = [
      [0, 0],
      [0, 1],
    ];
    const massOf = (pen: number) => inkOf(strokesToPicture(line, SIZE, { pen })).mass;
    expect(massOf(0.1) / massOf(0.05)).toBeCloseTo(2, 0);
    // A line of 0.6 by 0.05, in pixels, with round ends.
    expect(massOf(0.05)).toBeCloseTo(0.6 * SIZE * 0.05 * SIZE + (Math.PI / 4) * (0.05 * SIZE) ** 2, 0);
  });

  it("takes one stroke by itself, and points as pointer events have them", () => {
    const [first] = cross;
    const asEvents = first!.map((point) => {
      const [x, y] = point as readonly [number, number];
      return { x, y };
    });
    const expected = strokesToPicture([first!]);
    for (const given of [first!, asEvents, [asEvents]]) expect(strokesToPicture(given)).toEqual(expected);
  });

  it("leaves a dot a dot, and an empty sheet empty", () => {
    const dot = inkOf(strokesToPicture([[[5, 5]]]));
    expect(dot.mass).toBeGreaterThan(1);
    expect(dot.mass).toBeLessThan(4);
    for (const nothing of [[], [[]]])
      expect(strokesToPicture(nothing)).toEqual(new Float32Array(SIZE * SIZE));
  });

  it.each([
    [
      "a size of nothing",
      () => strokesToPicture(cross, 0),
      /size must be a whole number from 1 to 4096, got 0/,
    ],
    [
      "an extent beyond the picture",
      () => strokesToPicture(cross, 31, { extent: 2 }),
      /extent must be above 0, up to 1, got 2/,
    ],
    ["no pen", () => strokesToPicture(cross, 31, { pen: 0 }), /pen must be above 0/],
    [
      "a point that is none",
      () => strokesToPicture([[[0, Number.NaN]]]),
      /a point must be two finite numbers, got 0, NaN/,
    ],
    ["text", () => strokesToPicture("lines" as never), /strokesToPicture: a point must be/],
  ])("refuses %s with a RangeError", (_, draw, message) => {
    expect(draw).toThrow(RangeError);
    expect(draw).toThrow(message);
  });
});
