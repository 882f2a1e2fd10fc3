import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dodge } from "./dodge.js";

const intervals = fc.array(
  fc.record({
    centre: fc.double({ min: -50, max: 350, noNaN: true }),
    length: fc.integer({ min: 1, max: 30 }),
  }),
  { minLength: 1, maxLength: 10 },
);

describe("dodge", () => {
  test("no two intervals overlap, their order stays, and all lie within the bounds", () => {
    fc.assert(
      fc.property(intervals, (wanted) => {
        const centres = dodge(wanted, 0, 300);
        const order = wanted.map((_, i) => i).sort((a, b) => wanted[a]!.centre - wanted[b]!.centre || a - b);
        let free = 0;
        for (const i of order) {
          expect(centres[i]! - wanted[i]!.length / 2).toBeGreaterThanOrEqual(free - 1e-9);
          free = centres[i]! + wanted[i]!.length / 2;
        }
        expect(free).toBeLessThanOrEqual(300 + 1e-9);
      }),
    );
  });

  test("intervals with room enough stay where they want to be", () => {
    const wanted = [
      { centre: 200, length: 10 },
      { centre: 20, length: 10 },
    ];
    expect(dodge(wanted, 0, 300)).toEqual([200, 20]);
  });

  test("two that want the same place share it evenly", () => {
    const one = { centre: 100, length: 16 };
    expect(dodge([one, one], 0, 300)).toEqual([92, 108]);
  });

  test("too many for the bounds still do not overlap", () => {
    const centres = dodge(Array(10).fill({ centre: 50, length: 16 }), 0, 100);
    centres.forEach((centre, i) => {
      expect(centre).toBe(8 + 16 * i);
    });
  });
});
