import { describe, expect, test } from "vitest";
import type { EpisodePictures } from "../src/training/index.js";
import { glimpse } from "./glimpse.js";

const pictures = (kind: "bits" | "grey", side: number): EpisodePictures => {
  const values = Float32Array.from({ length: side * side }, (_, i) => (i % 3) - 1);
  return { kind, width: side, height: side, shown: [], degraded: values, restored: values, target: values };
};
const widest = (text: string) => Math.max(...text.split("\n").map((line) => line.length));

describe("a glimpse of pictures", () => {
  test.each(["bits", "grey"] as const)("of %s fits into the lines of a terminal, narrow ones too", (kind) => {
    for (const columns of [200, 80, 60, 40, 32]) {
      const text = glimpse(pictures(kind, 100), columns);
      expect(widest(text)).toBeLessThanOrEqual(columns);
      expect(text).toMatch(/^ {2}degraded +restored +original\n/);
    }
  });

  test("is as large as it was where there is room, and no narrower than its titles", () => {
    expect(widest(glimpse(pictures("grey", 100)))).toBe(2 + 3 * 24 + 2 * 3);
    expect(widest(glimpse(pictures("grey", 100), 10))).toBe(2 + 3 * 8 + 2 * 3);
  });

  test("shows bits two by two: what is on is filled", () => {
    const bits = {
      ...pictures("bits", 2),
      degraded: [1, 0, -1, 1],
      restored: [1, 1, 1, 1],
      target: [-1, -1, -1, 1],
    };
    expect(glimpse(bits).split("\n")[1]).toBe("  ▚          █          ▗");
  });
});
