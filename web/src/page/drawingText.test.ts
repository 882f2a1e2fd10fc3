import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Drawing } from "../worker/strokes.js";
import { drawingFrom, textOf } from "./drawingText.js";

const share = fc.double({ min: 0, max: 1, noNaN: true });
const drawings = fc.array(fc.array(fc.tuple(share, share), { minLength: 1, maxLength: 20 }), {
  minLength: 1,
  maxLength: 6,
});

describe("a drawing in an address", () => {
  it("keeps its strokes: no point is further than 0.02 of the sheet from one that was drawn, and the ends stay", () => {
    fc.assert(
      fc.property(drawings, (drawing) => {
        const read = drawingFrom(textOf(drawing))!;
        expect(read).toHaveLength(drawing.length);
        read.forEach((stroke, k) => {
          const near = ([x, y]: readonly [number, number], [u, v]: readonly [number, number]) =>
            Math.hypot(x - u, y - v) < 0.0025;
          expect(near(stroke[0]!, drawing[k]![0]!)).toBe(true);
          expect(near(stroke.at(-1)!, drawing[k]!.at(-1)!)).toBe(true);
          for (const point of stroke) expect(drawing[k]!.some((drawn) => near(point, drawn))).toBe(true);
        });
        // Read and written again it is the same text.
        expect(textOf(drawingFrom(textOf(read))!)).toBe(textOf(read));
      }),
      { numRuns: 60 },
    );
  });

  it.each([1, 2, 3, 4, 5, 6])(
    "of more strokes than an address can hold keeps the first ones; %i points each",
    (points) => {
      const stroke = Array.from({ length: points }, (_, k) => [k / 10, 0.5] as const);
      for (const before of [0, 1, 2, 3]) {
        const first = Array.from({ length: before }, () => [[0, 0]] as const);
        const text = textOf([...first, ...Array.from({ length: 1000 }, () => stroke)]);
        expect(text.length).toBeGreaterThan(2990);
        expect(text.length).toBeLessThanOrEqual(3000);
        expect(textOf(drawingFrom(text)!)).toBe(text);
      }
    },
  );

  it("needs nothing that an address would have to escape", () => {
    const text = textOf([[[0, 1]], [[1, 0.5]]] satisfies Drawing);
    expect(encodeURIComponent(text)).toBe(text);
  });

  it.each(["", "..", "AA!", "A", "AAA.", "A".repeat(9000)])("%j is none", (text) => {
    expect(drawingFrom(text)).toBeNull();
  });
});
