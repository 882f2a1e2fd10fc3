import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { centreSquare, resizeByArea } from "./resize.js";

describe("centreSquare", () => {
  test("keeps the middle of a wide and of a tall picture", () => {
    const wide = centreSquare({ width: 4, height: 2, values: [0, 1, 2, 3, 4, 5, 6, 7] });
    expect(wide).toEqual({ width: 2, height: 2, values: Float64Array.of(1, 2, 5, 6) });
    const tall = centreSquare({ width: 1, height: 4, values: [0, 1, 2, 3] });
    expect(tall).toEqual({ width: 1, height: 1, values: Float64Array.of(1) });
  });
});

describe("resizeByArea", () => {
  test("averages whole blocks where sizes divide", () => {
    const picture = { width: 4, height: 2, values: [1, 3, 10, 20, 5, 7, 30, 40] };
    expect(resizeByArea(picture, 2, 1).values).toEqual(Float64Array.of(4, 25));
  });

  test("shares pixels that lie across a border", () => {
    const { values } = resizeByArea({ width: 3, height: 1, values: [1, 4, 10] }, 2, 1);
    expect(values[0]).toBeCloseTo((1 + 4 / 2) / 1.5, 12);
    expect(values[1]).toBeCloseTo((4 / 2 + 10) / 1.5, 12);
  });

  test("turns a fine checkerboard into its mean grey, not into moire", () => {
    const values = Float64Array.from({ length: 128 * 128 }, (_, i) => ((i % 128) + Math.floor(i / 128)) % 2);
    for (const grey of Array.from(resizeByArea({ width: 128, height: 128, values }, 32, 32).values)) {
      expect(grey).toBeCloseTo(0.5, 12);
    }
  });

  test("keeps the mean of any picture at any size, and leaves its own size as it is", () => {
    const side = fc.integer({ min: 1, max: 12 });
    fc.assert(
      fc.property(
        side,
        side,
        side,
        side,
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
        (...input) => {
          const [width, height, newWidth, newHeight, greys] = input;
          const values = Array.from({ length: width * height }, () => greys.next().value as number);
          const picture = { width, height, values };
          const mean = (list: ArrayLike<number>) =>
            Array.from(list).reduce((sum, x) => sum + x, 0) / list.length;
          expect(mean(resizeByArea(picture, newWidth, newHeight).values)).toBeCloseTo(mean(values), 10);
          expect([...Array.from(resizeByArea(picture, width, height).values)]).toEqual(values);
        },
      ),
    );
  });
});
