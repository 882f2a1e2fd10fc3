import { describe, expect, test } from "vitest";
import { elementsOf } from "../../test/figurePixels.js";
import { area, baseline, dots, line, moment, type Plot, scale, valueTicks } from "./plot.js";
import { element } from "./svg.js";

const plot: Plot = {
  x: scale({ domain: [0, 10], ticks: [] }, 50, 150),
  y: scale({ domain: [0, 1], ticks: [] }, 200, 100),
  ...{ left: 50, right: 150, top: 100, bottom: 200 },
};
/** Attributes of the elements of one name in a mark. */
const drawn = (mark: string, name: string, ...attributes: string[]) =>
  elementsOf(element("svg", {}, mark), name).map((one) => attributes.map((key) => one.getAttribute(key)));

describe("a scale", () => {
  test("takes a domain's ends to its pixels' ends, and goes on beyond them", () => {
    expect([0, 5, 10, 11].map(plot.x)).toEqual([50, 100, 150, 160]);
    expect([0, 0.25, 1].map(plot.y)).toEqual([200, 175, 100]);
  });

  test("gives every power of ten as much room where it is logarithmic", () => {
    const y = scale({ domain: [0.01, 100], ticks: [] }, 400, 0, true);
    const places = [0.01, 0.1, 1, 10, 100].map(y);
    places.forEach((place, i) => {
      expect(place).toBeCloseTo(400 - 100 * i, 9);
    });
  });
});

describe("a mark", () => {
  test("through points goes from the first to the last, in hundredths of a pixel", () => {
    const points = [
      [0, 0],
      [10 / 3, 0.5],
      [10, 1],
    ] as const;
    expect(drawn(line(plot, points, { stroke: "red" }), "path", "d", "stroke", "fill")).toEqual([
      ["M50,200L83.33,150L150,100", "red", "none"],
    ]);
  });

  test("through one point is a dot, through none is nothing", () => {
    expect(drawn(line(plot, [[5, 0.5]], {}), "path", "d")).toEqual([["M100,150Z"]]);
    expect(line(plot, [], {}) + area(plot, [], [], {}) + dots(plot, [], {})).toBe("");
  });

  test("between two lines goes along one, and back along the other", () => {
    const mark = area(
      plot,
      [
        [0, 0],
        [10, 0.1],
      ],
      [
        [0, 0.5],
        [10, 1],
      ],
      { fill: "red" },
    );
    expect(drawn(mark, "path", "d")).toEqual([["M50,200L150,190L150,100L50,150Z"]]);
  });

  test("across the plot goes from edge to edge", () => {
    const ends = ["x1", "y1", "x2", "y2"];
    expect(drawn(baseline(plot, 0.5), "line", ...ends)).toEqual([["50", "150", "150", "150"]]);
    expect(drawn(moment(plot, 5), "line", ...ends)).toEqual([["100", "100", "100", "200"]]);
    expect(drawn(valueTicks(plot, [0, 1]), "line", ...ends)).toEqual([
      ["50", "200", "150", "200"],
      ["50", "100", "150", "100"],
    ]);
  });
});
