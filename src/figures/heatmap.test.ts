import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { elementsOf, pixelsOf, textsOf } from "../../test/figurePixels.js";
import { blockMeans, scaleLimit } from "./blocks.js";
import { diverging } from "./colour.js";
import { heatmap, heatmaps } from "./heatmap.js";

/** Where the first matrix of a figure with a one-line title is drawn. */
const LEFT = 20 + 38;
const TOP = 20 + 22 + 12 + 20;
const NEUTRAL = [247, 247, 247];
const luminance = ([r, g, b]: readonly number[]) => 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;

describe("the diverging colours", () => {
  test("0 is neutral, the signs differ in hue, and both arms darken alike towards their ends", () => {
    expect(diverging(0, 1)).toEqual(NEUTRAL);
    expect(diverging(0, 0)).toEqual(NEUTRAL);
    for (let i = 1; i <= 100; i++) {
      const positive = diverging(i / 100, 1);
      const negative = diverging(-i / 100, 1);
      expect(positive[0]).toBeGreaterThan(positive[2]);
      expect(negative[2]).toBeGreaterThan(negative[0]);
      expect(luminance(positive)).toBeLessThan(luminance(diverging((i - 1) / 100, 1)));
      expect(luminance(negative)).toBeLessThan(luminance(diverging((1 - i) / 100, 1)));
      expect(Math.abs(luminance(positive) - luminance(negative))).toBeLessThan(12);
    }
    expect(diverging(7, 1)).toEqual(diverging(1, 1));
    expect(diverging(-7, 1)).toEqual(diverging(-1, 1));
  });
});

describe("blockMeans", () => {
  test("a matrix that fits is left as it is", () => {
    expect(blockMeans([1, 2, 3, 4, 5, 6], 2, 3, 3)).toEqual({
      ...{ blockRows: 1, blockCols: 1, rows: 2, cols: 3 },
      means: Float64Array.of(1, 2, 3, 4, 5, 6),
    });
  });

  test("blocks at the ends average over what they have", () => {
    const { rows, cols, means } = blockMeans([1, 3, 5, 7, 9, 11, 13, 15, 17], 3, 3, 2);
    expect([rows, cols]).toEqual([2, 2]);
    expect([...means]).toEqual([5, 8, 14, 17]);
  });

  test("any matrix comes out within the limit, and blocks weighted by their size keep its sum", () => {
    const sizes = fc.tuple(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 20 }),
    );
    fc.assert(
      fc.property(
        sizes,
        fc.infiniteStream(fc.integer({ min: -9, max: 9 })),
        ([rows, cols, limit], numbers) => {
          const matrix = [...numbers.take(rows * cols)];
          const blocks = blockMeans(matrix, rows, cols, limit);
          expect(Math.max(blocks.rows, blocks.cols)).toBeLessThanOrEqual(limit);
          let sum = 0;
          blocks.means.forEach((mean, k) => {
            const i = Math.floor(k / blocks.cols) * blocks.blockRows;
            const j = (k % blocks.cols) * blocks.blockCols;
            sum += mean * Math.min(blocks.blockRows, rows - i) * Math.min(blocks.blockCols, cols - j);
          });
          expect(sum).toBeCloseTo(
            matrix.reduce((a, b) => a + b, 0),
            6,
          );
        },
      ),
    );
  });
});

describe("scaleLimit", () => {
  test("few values set the scale by the largest, many without the outermost 0.5 %", () => {
    expect(scaleLimit(Float64Array.of(0.1, -3, 2))).toBe(3);
    const many = Float64Array.from({ length: 1000 }, (_, i) => (i < 5 ? 1e6 : -i / 1000));
    expect(scaleLimit(many)).toBe(0.999);
    expect(scaleLimit(Float64Array.from({ length: 1000 }, (_, i) => (i === 7 ? -4 : 0)))).toBe(4);
    expect(scaleLimit(new Float64Array(10))).toBe(0);
  });
});

describe("heatmap", () => {
  test("cells lie row by row, with pre down and post across, negative, zero and positive in their colours", async () => {
    const svg = heatmap({
      title: "T",
      matrix: Float32Array.of(-2, 0, 2, 0, 1, 0),
      rows: 2,
      cols: 3,
      label: "w",
    });
    const { at } = await pixelsOf(svg);
    const centre = (i: number, j: number) => at(LEFT + 40 * j + 20, TOP + 40 * i + 20);
    expect(centre(0, 0)).toEqual(diverging(-2, 2));
    expect(centre(0, 1)).toEqual(NEUTRAL);
    expect(centre(0, 2)).toEqual(diverging(2, 2));
    expect(centre(1, 1)).toEqual(diverging(1, 2));
    expect(centre(1, 2)).toEqual(NEUTRAL);
    // Crisp: the neighbour's colour begins right behind the edge.
    expect(at(LEFT + 38, TOP + 20)).toEqual(diverging(-2, 2));
    expect(at(LEFT + 41, TOP + 20)).toEqual(NEUTRAL);
  });

  test("title, label, axes and the ends of the scale are written", () => {
    const svg = heatmap({ title: "Weights", matrix: [-0.5, 0, 0.25, 0.5], rows: 2, cols: 2, label: "alpha" });
    expect(textsOf(svg)).toEqual(
      expect.arrayContaining(["Weights", "alpha", "from neuron", "to neuron", "0", "1", "−0.5", "0.5"]),
    );
  });

  test("a scale that outliers exceed says so at that end only", () => {
    const matrix = Float32Array.from({ length: 900 }, (_, i) => (i === 5 ? 50 : i % 2 === 0 ? 1 : -1));
    const texts = textsOf(heatmap({ title: "T", matrix, rows: 30, cols: 30, label: "w" }));
    expect(texts).toContain("≥ 1");
    expect(texts).toContain("−1");
  });

  test("1025 x 1025 connections become block means, which the figure says", () => {
    const matrix = new Float32Array(1025 * 1025).fill(0.5);
    const svg = heatmap({ title: "T", matrix, rows: 1025, cols: 1025, label: "w" });
    expect(elementsOf(svg, "image")[0]?.getAttribute("width")).toBe("513");
    expect(textsOf(svg)).toContain("Each cell: mean of 2 × 2 connections");
  });

  test("a matrix of zeros is neutral throughout and says so", async () => {
    const svg = heatmap({ title: "T", matrix: new Float32Array(100), rows: 10, cols: 10, label: "trace" });
    expect((await pixelsOf(svg)).at(LEFT + 5, TOP + 5)).toEqual(NEUTRAL);
    expect(textsOf(svg)).toContain("0 everywhere");
  });

  test("several matrices stand side by side, each with its own scale", () => {
    const panel = (label: string, value: number) => ({ label, matrix: [value, -value], rows: 1, cols: 2 });
    const svg = heatmaps({ title: "T", panels: [panel("w", 0.1), panel("alpha", 3)] });
    expect(textsOf(svg)).toEqual(expect.arrayContaining(["w", "alpha", "0.1", "−0.1", "3", "−3"]));
    expect(svg).toBe(heatmaps({ title: "T", panels: [panel("w", 0.1), panel("alpha", 3)] }));
  });

  test("a wrong size and a number that is not finite are refused with their place", () => {
    const draw = (matrix: number[], rows: number, cols: number) => () =>
      heatmap({ title: "T", matrix, rows, cols, label: "w" });
    expect(draw([1, 2, 3], 2, 2)).toThrow("expected a matrix of 2 x 2 numbers, at least one, got 3");
    expect(() => heatmaps({ title: "T", panels: [] })).toThrow("at least one matrix, got none");
    expect(draw([], 0, 0)).toThrow(RangeError);
    expect(draw([1, 2, 3, Number.NaN], 2, 2)).toThrow("element [1, 1] is NaN");
  });
});
