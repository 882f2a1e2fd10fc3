import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { fontFiles } from "../../cli/figures/fontFiles.js";
import { pixelsOf } from "../../test/figurePixels.js";
import { fontWidthsText } from "../../test/support/fontWidthsText.js";
import { textWidth, wrap } from "./font.js";
import { figure, textLines } from "./svg.js";

describe("the figures' font", () => {
  test("has the widths that its files say", () => {
    const path = join(import.meta.dirname, "fontWidths.ts");
    const text = fontWidthsText(fontFiles.regular, fontFiles.bold);
    if (process.env.HEBBIAN_RECORD) writeFileSync(path, text);
    // The formatter breaks lines.
    const words = (code: string) => code.match(/\w+/g);
    expect(words(readFileSync(path, "utf8"))).toEqual(words(text));
  });

  test("text is drawn as wide as it is measured, in both weights", async () => {
    for (const weight of ["regular", "bold"] as const) {
      const line = "Hebbian trace, alpha 0.25 × 4 − η";
      const width = textWidth(line, 40, weight);
      const drawn = await pixelsOf(
        figure("", 700, 60, textLines([line], 0, 0, { size: 40, weight, colour: "rgb(255,0,0)" })),
      );
      let right = 0;
      for (let x = 0; x < drawn.width; x++) {
        for (let y = 0; y < drawn.height; y++) if (drawn.at(x, y)[1]! < 128) right = x;
      }
      expect(right - 20).toBeGreaterThan(width - 12);
      expect(right - 20).toBeLessThan(width + 4);
    }
  });

  test("lines are broken between words, a word too long inside, and at newlines", () => {
    const fits = (line: string) => textWidth(line, 12) <= 100;
    const lines = wrap(`plastic networks learn ${"x".repeat(60)} quickly\nsecond`, 100, 12);
    expect(lines.every(fits)).toBe(true);
    expect(lines.join("").replaceAll(" ", "")).toBe(`plasticnetworkslearn${"x".repeat(60)}quicklysecond`);
    expect(lines[0]).toBe("plastic networks");
    expect(lines.at(-1)).toBe("second");
    expect(wrap("", 100, 12)).toEqual([""]);
  });
});
