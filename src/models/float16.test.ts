import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { float16Bits, fromFloat16Bits, toFloat16 } from "./float16.js";

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

describe("many float32 numbers as halves", () => {
  /** Every half, the number half way to the next, and those just beside it. */
  const delicate = Array.from({ length: 0x7bff }, (_, bits) => {
    const [half, next] = [fromFloat16Bits(bits), fromFloat16Bits(bits + 1)];
    const between = (half + next) / 2;
    return [half, between, between * (1 - 2 ** -23), between * (1 + 2 ** -23)];
  }).flat();

  test("are the same as one by one: ties, subnormals, zeros of either sign and the largest", () => {
    const all = Float32Array.from(
      [...delicate, 0, 65504, 65519, 2 ** -25, 2 ** -26, 1e-30].flatMap((x) => [x, -x]),
    );
    const halves = toFloat16(all)!;
    const expected = Uint16Array.from(all, float16Bits);
    expect(Buffer.compare(Buffer.from(halves.buffer), Buffer.from(expected.buffer))).toBe(0);
  });

  test.each([65520, -65520, 1e38, Infinity, -Infinity, NaN])("are none where one of them is %d", (number) => {
    expect(toFloat16(Float32Array.of(1, number))).toBeNull();
  });
});
