import { describe, expect, test } from "vitest";
import { pixelsOf, textsOf } from "../../test/figurePixels.js";
import { binaryPixels, type Gallery, gallery, greyPixels } from "./gallery.js";

/** Where the first image of a gallery with one-line title and headers is drawn. */
const LEFT = 20;
const TOP = 20 + 22 + 12 + 22;

const base: Gallery = {
  title: "Patterns",
  columns: ["degraded", "target"],
  rows: [
    {
      images: [
        [1, 0],
        [1, -1],
      ],
      note: "error 0 %",
    },
    {
      images: [
        [0, -1],
        [1, -1],
      ],
      note: "error 50 %",
    },
  ],
  width: 2,
  height: 1,
  pixels: binaryPixels,
};

describe("gallery", () => {
  test("every pixel is a crisp square: +1, -1 and erased bits in three colours", async () => {
    const { at } = await pixelsOf(gallery(base));
    const middle = TOP + 26;
    const [on, off, erased] = [1, -1, 0].map((value) => [...binaryPixels.colour(value)]);
    expect(at(LEFT + 26, middle)).toEqual(on);
    expect(at(LEFT + 78, middle)).toEqual(erased);
    expect(at(LEFT + 114 + 26, middle)).toEqual(on);
    expect(at(LEFT + 114 + 78, middle)).toEqual(off);
    expect(at(LEFT + 114 + 50, middle)).toEqual(on);
    expect(at(LEFT + 114 + 53, middle)).toEqual(off);
    // The second row: 52 pixels of image, 10 of gap.
    expect(at(LEFT + 26, middle + 62)).toEqual(erased);
  });

  test("columns, notes and the meaning of the colours are written", () => {
    expect(textsOf(gallery(base))).toEqual([
      "Patterns",
      ...["degraded", "target", "error 0 %", "error 50 %"],
      ...["+1", "−1", "0 (erased)"],
    ]);
  });

  test("restored bits are coloured by their sign", () => {
    expect(binaryPixels.colour(0.01)).toEqual(binaryPixels.colour(1));
    expect(binaryPixels.colour(-0.01)).toEqual(binaryPixels.colour(-1));
  });

  test("grey runs from black at -1 to white at 1 and stays there beyond", () => {
    const greys = [-3, -1, 0, 1, 3].map((value) => greyPixels.colour(value)[0]);
    expect(greys).toEqual([0, 0, 128, 255, 255]);
  });

  test("the same images give the same figure", () => {
    expect(gallery({ ...base, pixels: greyPixels })).toBe(gallery({ ...base, pixels: greyPixels }));
  });

  test("a missing image, a wrong size and a number that is not finite are refused with their place", () => {
    const row =
      (...images: number[][]) =>
      () =>
        gallery({ ...base, rows: [{ images, note: "" }] });
    expect(() => gallery({ ...base, rows: [] })).toThrow("expected columns and rows, got 2 and 0");
    expect(row([1, 1])).toThrow("row 0 must have an image for each of the 2 columns, got 1");
    expect(row([1, 1], [1, 1, 1])).toThrow("row 0, column 1: expected 2 x 1 pixels, got 3");
    expect(row([1, Number.NaN], [1, 1])).toThrow("row 0, column 0: pixel 1 is NaN");
  });
});
