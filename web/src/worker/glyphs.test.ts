import { describe, expect, it } from "vitest";
import { BITS, GLYPH_SIDE, glyphs, halfOf } from "./glyphs.js";

describe("the small pictures", () => {
  it("have as many lit cells as dark ones, as in training", () => {
    for (const glyph of glyphs) {
      expect(glyph).toHaveLength(BITS);
      expect(glyph.reduce((sum, bit) => sum + bit, 0)).toBe(0);
    }
    expect(BITS).toBe(GLYPH_SIDE ** 2 + 1);
  });
  it("lose their lower half", () => {
    const half = halfOf(1);
    expect([...half.subarray(0, 25)]).toEqual([...glyphs[1]!.subarray(0, 25)]);
    expect(half.subarray(25).every((bit) => bit === 0)).toBe(true);
  });
});
