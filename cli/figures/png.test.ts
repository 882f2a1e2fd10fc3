import { describe, expect, test } from "vitest";
import { element, figure } from "../../src/figures/svg.js";
import { elementsOf, pixelsOf, textsOf } from "../../test/figurePixels.js";
import { renderPng } from "./png.js";

const square = element("rect", { x: 0, y: 0, width: 400, height: 100, fill: "rgb(10,20,30)" });

describe("renderPng", () => {
  test("the picture is scale times the figure, white around the body", async () => {
    const svg = figure("Title", 400, 100, square);
    const small = await pixelsOf(svg, 1);
    const large = await pixelsOf(svg, 3);
    expect([small.width, small.height]).toEqual([440, 174]);
    expect([large.width, large.height]).toEqual([3 * 440, 3 * 174]);
    expect(large.at(3, 3)).toEqual([255, 255, 255]);
    expect(large.at(3 * 220, 3 * 100)).toEqual([10, 20, 30]);
  });

  test("the same figure gives the same bytes", async () => {
    const svg = figure("Title", 400, 100, square);
    expect(await renderPng(svg, 2)).toEqual(await renderPng(svg, 2));
  });

  test("a scale that is no positive number is refused", async () => {
    for (const scale of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      await expect(renderPng(figure("", 1, 1, ""), scale)).rejects.toThrow(`scale must be a positive number`);
    }
  });
});

describe("figure", () => {
  test("markup, quotes and control characters in a title stay text", async () => {
    const svg = figure(`a < b & "c" \u0000 </svg>`, 400, 10, "");
    expect(textsOf(svg)).toEqual([`a < b & "c"   </svg>`]);
    expect(elementsOf(svg, "svg").length).toBe(1);
    await renderPng(svg, 1);
  });

  test("a long title moves the body down instead of running over it", () => {
    const height = (title: string) => Number(/height="(\d+)"/.exec(figure(title, 400, 100, ""))![1]);
    expect(height("word ".repeat(40))).toBeGreaterThan(height("word") + 60);
  });
});
