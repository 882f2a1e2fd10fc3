import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { episodeAxis, plainNumber, valueAxis } from "./axes.js";

describe("the value axis", () => {
  test("it covers every value and has a few ticks within its ends", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.double({ min: -1e6, max: 1e6, noNaN: true }).filter((v) => v === 0 || Math.abs(v) > 1e-6),
          { minLength: 1 },
        ),
        (values) => {
          const { domain, ticks } = valueAxis(values, false);
          expect(domain[0]).toBeLessThanOrEqual(Math.min(...values));
          expect(domain[1]).toBeGreaterThanOrEqual(Math.max(...values));
          expect(ticks.length).toBeGreaterThan(1);
          expect(ticks.length).toBeLessThan(10);
        },
      ),
    );
  });

  test("errors start at 0, high accuracies do not, and a constant lies inside", () => {
    expect(valueAxis([0.01, 0.5], false).ticks).toEqual([0, 0.1, 0.2, 0.3, 0.4, 0.5]);
    expect(valueAxis([0.95, 0.99], false).domain[0]).toBe(0.95);
    expect(valueAxis([5], false).domain).toEqual([4.4, 5.6]);
    expect(valueAxis([0, 0], false).domain).toEqual([0, 1]);
  });

  test("a logarithmic axis runs over whole decades and draws 0 on its lower edge", () => {
    const axis = valueAxis([0, 0.003, 0.5], true);
    expect(axis.domain).toEqual([0.001, 1]);
    expect(axis.ticks).toEqual([0.001, 0.01, 0.1, 1]);
    expect(axis.drawable(0)).toBe(0.001);
    expect(axis.drawable(0.02)).toBe(0.02);
    expect(valueAxis([0.1], true).ticks).toEqual([0.1, 0.2, 0.5, 1]);
    expect(valueAxis([1e-20, 1], true).ticks.length).toBeLessThan(9);
  });

  test("a logarithmic axis without a positive value, or with a negative one, is refused", () => {
    expect(() => valueAxis([0, 0], true)).toThrow("needs positive values, got 0");
    expect(() => valueAxis([-1, 2], true)).toThrow("needs positive values, got -1");
  });
});

describe("the episode axis", () => {
  test("ticks are whole episodes, and a run that ends just before a tick is extended to it", () => {
    expect(episodeAxis([0, 990])).toEqual({ domain: [0, 1000], ticks: [0, 200, 400, 600, 800, 1000] });
    expect(episodeAxis([1, 3]).ticks).toEqual([1, 2, 3]);
    expect(episodeAxis([500])).toEqual({ domain: [499, 501], ticks: [499, 500, 501] });
  });
});

describe("plainNumber", () => {
  test("numbers are short and have a real minus sign", () => {
    const texts = [0, 0.05, 250, 1500, 2e6, -3, 1e-7].map(plainNumber);
    expect(texts).toEqual(["0", "0.05", "250", "1.5k", "2M", "−3", "1e−7"]);
  });
});
