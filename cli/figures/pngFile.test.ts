import fc from "fast-check";
import { decode } from "fast-png";
import { describe, expect, test } from "vitest";
import { pngFile } from "./pngFile.js";

describe("pngFile", () => {
  test("another program's reader finds the same colours", () => {
    const size = fc.integer({ min: 1, max: 40 });
    const picture = fc.tuple(size, size).chain(([width, height]) => {
      const length = 3 * width * height;
      return fc.record({
        width: fc.constant(width),
        height: fc.constant(height),
        colours: fc.uint8Array({ minLength: length, maxLength: length }),
      });
    });
    fc.assert(
      fc.property(picture, ({ width, height, colours }) => {
        const read = decode(pngFile(width, height, colours), { checkCrc: true });
        expect([read.width, read.height, read.channels, read.depth]).toEqual([width, height, 3, 8]);
        expect([...read.data]).toEqual([...colours]);
      }),
      { seed: 1 },
    );
  });

  test("too many or too few numbers are refused", () => {
    expect(() => pngFile(2, 1, new Uint8Array(5))).toThrow("expected 6 numbers for 2 x 1 pixels, got 5");
  });
});
