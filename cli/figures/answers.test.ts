import { describe, expect, test } from "vitest";
import { pixelsOf, textsOf } from "../../test/figurePixels.js";
import { answers, templates } from "./answers.js";

const episode = {
  size: 1,
  support: [
    { pixels: [0.5], label: 1 },
    { pixels: [1], label: 0 },
  ],
  query: { pixels: [0], label: 0 },
  probabilities: [0.25, 0.75],
};
const TOP = 20 + 22 + 12 + 22;

describe("answers", () => {
  test("shows the classes in their order, the question, and what was answered", async () => {
    const svg = answers("One shot", [episode]);
    expect(textsOf(svg)).toEqual([
      "One shot",
      ...["shown once, with labels", "asked", "answer"],
      ...["class 2, 75 %", "wrong: class 1"],
    ]);
    const { at } = await pixelsOf(svg);
    expect(at(20 + 30, TOP + 30)).toEqual([0, 0, 0]);
    expect(at(20 + 70 + 30, TOP + 30)).toEqual([128, 128, 128]);
    expect(at(20 + 156 + 30, TOP + 30)).toEqual([255, 255, 255]);
  });

  test("refuses to show nothing", () => {
    expect(() => answers("One shot", [])).toThrow("expected at least one episode, got none");
  });
});

describe("templates", () => {
  test("puts the trace of each class under its drawing", () => {
    const trace = { name: "readout.H", rows: 3, cols: 2, values: [1, 0, -1, 0, 0, 0.5] };
    const texts = textsOf(templates("Traces", episode, trace));
    expect(texts).toContain("readout.H after it");
    expect(texts.at(-1)).toContain("3 features a class");
  });

  test("refuses a trace of other classes", () => {
    const trace = { name: "readout.H", rows: 1, cols: 3, values: [1, 0, 0] };
    expect(() => templates("Traces", episode, trace)).toThrow("a column for each of 2 classes, got 3");
  });
});
