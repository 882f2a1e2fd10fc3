import { describe, expect, test } from "vitest";
import { elementsOf, pixelsOf, textsOf } from "../../test/figurePixels.js";
import { type LearningCurve, learningCurve } from "./learningCurve.js";

const points = (count: number, value: (episode: number) => number) =>
  Array.from({ length: count }, (_, i) => ({ episode: 10 * i, value: value(10 * i) }));

const base: LearningCurve = {
  title: "Pattern completion",
  yLabel: "fraction of wrong bits",
  series: [
    { label: "plastic", points: points(100, (episode) => 0.5 * Math.exp(-episode / 200)) },
    { label: "LSTM", points: points(100, () => 0.4) },
  ],
  baselines: [{ label: "chance", value: 0.5 }],
};
const BLUE = [11, 108, 176];
const ORANGE = [204, 76, 2];

/** Top and bottom of every label at the right, in pixels of the figure's body. */
function labelBoxes(svg: string, labels: readonly string[]) {
  return elementsOf(svg, "text")
    .filter((one) => labels.includes(one.textContent ?? ""))
    .map((one) => Number(one.getAttribute("y")))
    .sort((a, b) => a - b);
}

describe("learningCurve", () => {
  test("title, axes, ticks and every curve and baseline are labelled", () => {
    const texts = textsOf(learningCurve(base));
    expect(texts).toEqual(
      expect.arrayContaining([
        "Pattern completion",
        "fraction of wrong bits",
        "episode",
        "plastic",
        "LSTM",
        "chance",
      ]),
    );
    expect(texts).toEqual(expect.arrayContaining(["0", "0.1", "0.5", "200", "1k"]));
    expect(texts).toContain("Faint: single values. Thick: running mean over 5 % of the points.");
  });

  test("the curves are drawn in their colours, at 720 pixels of width and the margins", async () => {
    const { width, count } = await pixelsOf(learningCurve(base), 2);
    expect(width).toBe(2 * 760);
    expect(count(BLUE)).toBeGreaterThan(500);
    expect(count(ORANGE)).toBeGreaterThan(500);
    const alone = await pixelsOf(learningCurve({ ...base, series: [base.series[0]!] }), 2);
    expect(alone.count(BLUE)).toBeGreaterThan(500);
    expect(alone.count(ORANGE)).toBe(0);
  });

  test("labels of curves that end together do not overlap", () => {
    const labels = ["a", "b", "c", "d", "e", "f"];
    const series = labels.map((label) => ({ label, points: points(50, () => 0.3) }));
    const boxes = labelBoxes(learningCurve({ ...base, series }), labels);
    expect(boxes.length).toBe(6);
    for (let i = 1; i < 6; i++) expect(boxes[i]! - boxes[i - 1]!).toBeGreaterThanOrEqual(15.9);
  });

  test("long labels are broken and stay inside the figure", async () => {
    const label = "a plastic network with retroactive neuromodulation and a very long name";
    const svg = learningCurve({ ...base, series: [{ label, points: points(100, () => 0.2) }] });
    const { width, height, at } = await pixelsOf(svg);
    for (let y = 0; y < height; y++) expect(at(width - 8, y)).toEqual([255, 255, 255]);
  });

  test("one point is a dot, and a constant a line; neither speaks of a running mean", async () => {
    for (const count of [1, 20]) {
      const svg = learningCurve({ ...base, series: [{ label: "plastic", points: points(count, () => 0) }] });
      expect((await pixelsOf(svg, 2)).count(BLUE)).toBeGreaterThan(20);
      expect(textsOf(svg).some((line) => line.includes("running mean"))).toBe(false);
    }
  });

  test("single values alone are drawn as they are, and means alone without the values", async () => {
    const jump = points(200, (episode) => (episode > 500 ? 1 : 0));
    const draw = (lines: LearningCurve["lines"]) =>
      learningCurve({ ...base, series: [{ label: "plastic", points: jump }], lines });
    const curves = (svg: string) =>
      elementsOf(svg, "path").filter((path) => path.getAttribute("d")!.length > 500);
    const notes = (svg: string) => textsOf(svg).filter((line) => line.includes("running mean"));
    expect([draw("both"), draw("mean"), draw("exact")].map((svg) => curves(svg).length)).toEqual([2, 1, 1]);
    expect(notes(draw("mean"))).toEqual(["Curves: running mean over 5 % of the points."]);
    expect(notes(draw("exact"))).toEqual([]);
    expect(curves(draw("exact"))[0]!.getAttribute("d")).not.toBe(curves(draw("mean"))[0]!.getAttribute("d"));
  });

  test("a moment is marked by a dashed line from top to bottom", () => {
    const dashed = (moments: readonly number[]) =>
      elementsOf(learningCurve({ ...base, moments }), "line").filter(
        (line) => line.getAttribute("x1") === line.getAttribute("x2"),
      ).length;
    expect(dashed([300]) - dashed([])).toBe(1);
  });

  test("a value of 0 on a logarithmic axis is said to lie on the lower edge", () => {
    const series = [{ label: "plastic", points: points(50, (episode) => (episode > 400 ? 0 : 0.1)) }];
    const note = "0 is drawn on the lower edge.";
    const texts = (logY: boolean) => textsOf(learningCurve({ ...base, series, logY })).join("\n");
    expect(texts(true)).toContain(note);
    expect(texts(false)).not.toContain(note);
  });

  test("a band is shaded and explained", async () => {
    const [plain] = base.series;
    const band = {
      label: "25 to 75 % of 10 seeds",
      points: plain!.points.map(({ episode, value }) => ({ episode, low: value * 0.5, high: value + 0.3 })),
    };
    const svg = learningCurve({ ...base, series: [{ ...plain!, band }] });
    expect(textsOf(svg).join(" ")).toContain("Shaded: 25 to 75 % of 10 seeds.");
    const shade = BLUE.map((value) => Math.round(255 + 0.16 * (value - 255)));
    expect((await pixelsOf(svg)).count(shade)).toBeGreaterThan(5000);
  });

  test("a million points stay a small file with the same picture every time", () => {
    const series = [{ label: "plastic", points: points(200_000, (episode) => Math.sin(episode) ** 2) }];
    const svg = learningCurve({ ...base, series });
    expect(svg.length).toBeLessThan(120_000);
    expect(learningCurve({ ...base, series })).toBe(svg);
  });

  test("no series, too many, an empty one and a number that is not finite are refused by name", () => {
    const draw =
      (...series: LearningCurve["series"]) =>
      () =>
        learningCurve({ ...base, series });
    const one = { label: "plastic", points: points(3, () => 1) };
    expect(draw()).toThrow("expected 1 to 6 series, got 0");
    expect(draw(...Array(7).fill(one))).toThrow("expected 1 to 6 series, got 7");
    expect(draw({ label: "plastic", points: [] })).toThrow('series "plastic" has no points');
    expect(draw({ label: "plastic", points: [{ episode: 3, value: Number.NaN }] })).toThrow(
      'series "plastic" at episode 3 is NaN',
    );
    expect(draw({ label: "plastic", points: [{ episode: Number.NaN, value: 1 }] })).toThrow(
      "point at episode NaN",
    );
  });
});
