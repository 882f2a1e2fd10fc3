import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { float16Bits, fromFloat16Bits } from "./float16.js";

const LARGEST = 0x7bff;

describe("float16", () => {
  test("every half but the NaNs survives the way to a number and back", () => {
    const changed: number[] = [];
    for (let bits = 0; bits < 65536; bits++) {
      const isNaNPattern = (bits & 0x7c00) === 0x7c00 && (bits & 0x3ff) !== 0;
      if (float16Bits(fromFloat16Bits(bits)) !== (isNaNPattern ? 0x7e00 : bits)) changed.push(bits);
    }
    expect(changed).toEqual([]);
  });

  test("known values from the standard have their known bits", () => {
    const known: [number, number][] = [
      [0, 0],
      [-0, 0x8000],
      [1, 0x3c00],
      [-2, 0xc000],
      [1 / 3, 0x3555],
      [65504, 0x7bff],
      [65519.999, 0x7bff],
      [65520, 0x7c00],
      [-Infinity, 0xfc00],
      [2 ** -14, 0x0400],
      [2 ** -24, 1],
      [2 ** -25, 0],
      [2 ** -25 * 1.0001, 1],
      [Number.NaN, 0x7e00],
    ];
    for (const [value, bits] of known) expect(float16Bits(value)).toBe(bits);
  });

  test("half way between two neighbours goes to the even one, and a hair off it to the nearer one", () => {
    const wrong: number[] = [];
    for (let low = 0; low < LARGEST; low++) {
      const middle = (fromFloat16Bits(low) + fromFloat16Bits(low + 1)) / 2;
      const even = low % 2 === 0 ? low : low + 1;
      const got = [middle, middle * (1 - 2 ** -50), middle * (1 + 2 ** -50)].map(float16Bits);
      if (got[0] !== even || got[1] !== low || got[2] !== low + 1) wrong.push(low);
    }
    expect(wrong).toEqual([]);
  });

  test("rounding is monotonic and odd", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (a, b) => {
        const rounded = (x: number) => fromFloat16Bits(float16Bits(x));
        expect(rounded(Math.min(a, b))).toBeLessThanOrEqual(rounded(Math.max(a, b)));
        expect(rounded(-a)).toBe(-rounded(a));
      }),
    );
  });
});
