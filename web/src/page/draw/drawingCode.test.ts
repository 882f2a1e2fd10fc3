import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PIXELS } from "../../drawings/raster.js";
import { codeOf, drawingFromCode } from "./drawingCode.js";

const drawings = fc
  .uint8Array({ minLength: PIXELS, maxLength: PIXELS, max: 1 })
  .filter((drawing) => drawing.includes(1));

describe("a drawing in an address", () => {
  it("comes back as it was, in letters that an address keeps", () => {
    fc.assert(
      fc.property(drawings, (drawing) => {
        const code = codeOf(drawing);
        expect(encodeURIComponent(code)).toBe(code);
        expect(drawingFromCode(code)).toEqual(Uint8Array.from(drawing));
      }),
      { numRuns: 30 },
    );
  });

  it("is none where the text is damaged, too short, or an empty sheet", () => {
    const code = codeOf(Uint8Array.from({ length: PIXELS }, (_, k) => k % 2));
    expect(drawingFromCode("")).toBeNull();
    expect(drawingFromCode(code.slice(1))).toBeNull();
    expect(drawingFromCode(`!${code.slice(1)}`)).toBeNull();
    expect(drawingFromCode(codeOf(new Uint8Array(PIXELS)))).toBeNull();
  });
});
