import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  fullPatterns,
  type PatternsOptions,
  patternsEpisode,
  patternsNeurons,
  patternsSteps,
  smallPatterns,
  wrongSigns,
} from "./patterns.js";
import { random } from "./random.js";

const anyOptions: fc.Arbitrary<PatternsOptions> = fc
  .record({
    patterns: fc.integer({ min: 1, max: 6 }),
    bits: fc.integer({ min: 1, max: 40 }),
    cycles: fc.integer({ min: 1, max: 3 }),
    stepsOn: fc.integer({ min: 1, max: 4 }),
    stepsOff: fc.integer({ min: 0, max: 3 }),
    testSteps: fc.integer({ min: 1, max: 4 }),
    balanced: fc.boolean(),
    inputScale: fc.constantFrom(1, 20, 100),
    biasNeuron: fc.boolean(),
  })
  .map((options) => (options.balanced ? { ...options, bits: 2 * options.bits } : options));

const row = (values: Float32Array, step: number, neurons: number) =>
  Array.from(values.subarray(step * neurons, (step + 1) * neurons));
const ones = (values: ArrayLike<number>, value: number) =>
  Array.from(values).filter((x) => x === value).length;

describe("patternsEpisode", () => {
  test("shows every pattern once a cycle, then the degraded one, as the options say", () => {
    fc.assert(
      fc.property(anyOptions, fc.integer(), (options, seed) => {
        const episode = patternsEpisode(options, random(seed, "episode", 0));
        const { inputs, steps, neurons, shown, degraded } = episode;
        expect(neurons).toBe(patternsNeurons(options));
        expect(steps).toBe(patternsSteps(options));
        expect(inputs).toHaveLength(steps * neurons);
        const bias = options.biasNeuron ? [options.inputScale] : [];
        const scaled = (bits: ArrayLike<number>) =>
          JSON.stringify([...Array.from(bits, (bit) => bit * options.inputScale), ...bias]);
        const blank = scaled(new Float32Array(options.bits));

        let step = 0;
        const next = () => JSON.stringify(row(inputs, step++, neurons));
        for (let cycle = 0; cycle < options.cycles; cycle++) {
          const seen: string[] = [];
          for (let i = 0; i < options.patterns; i++) {
            const first = next();
            seen.push(first);
            for (let on = 1; on < options.stepsOn; on++) expect(next()).toBe(first);
            for (let off = 0; off < options.stepsOff; off++) expect(next()).toBe(blank);
          }
          expect(seen.sort()).toEqual(shown.map(scaled).sort());
        }
        for (let i = 0; i < options.testSteps; i++) expect(next()).toBe(scaled(degraded));
        expect(step).toBe(steps);
      }),
    );
  });

  test("asks for one of the patterns, and erases bits without changing any", () => {
    fc.assert(
      fc.property(anyOptions, fc.integer(), (options, seed) => {
        const episode = patternsEpisode(options, random(seed, "episode", 0));
        expect(episode.shown).toHaveLength(options.patterns);
        expect(episode.target).toEqual(episode.shown[episode.which]);
        for (let i = 0; i < options.bits; i++) {
          expect(Math.abs(episode.target[i]!)).toBe(1);
          expect([0, episode.target[i]]).toContain(episode.degraded[i]);
        }
      }),
    );
  });

  test("where balanced, half of the bits are +1 and half are erased, exactly", () => {
    fc.assert(
      fc.property(anyOptions, fc.integer(), (any, seed) => {
        const options = { ...any, balanced: true, bits: any.balanced ? any.bits : 2 * any.bits };
        const { shown, degraded } = patternsEpisode(options, random(seed, "episode", 0));
        for (const pattern of shown) expect(ones(pattern, 1)).toBe(options.bits / 2);
        expect(ones(degraded, 0)).toBe(options.bits / 2);
      }),
    );
  });

  test("where not balanced, bits and erasures are coin tosses: half on average, with the binomial spread", () => {
    const episodes = Array.from({ length: 200 }, (_, i) =>
      patternsEpisode(fullPatterns, random(2, "coins", i)),
    );
    for (const count of [
      episodes.map(({ target }) => ones(target, 1)),
      episodes.map(({ degraded }) => ones(degraded, 0)),
    ]) {
      const mean = count.reduce((sum, n) => sum + n, 0) / count.length;
      const variance = count.reduce((sum, n) => sum + (n - mean) ** 2, 0) / count.length;
      expect(Math.abs(mean - 500)).toBeLessThan(5.6); // 5 standard errors of sqrt(250 / 200)
      expect(variance).toBeGreaterThan(125);
      expect(variance).toBeLessThan(375);
    }
  });

  test("orders differ between cycles and episodes, and every pattern comes up as the target", () => {
    const options: PatternsOptions = { ...smallPatterns, patterns: 3, cycles: 2 };
    const orders = new Set<string>();
    const targets = new Set<number>();
    for (let index = 0; index < 200; index++) {
      const { inputs, neurons, shown, which } = patternsEpisode(options, random(4, "orders", index));
      const order = Array.from({ length: 6 }, (_, i) => {
        const input = row(inputs, 4 * i, neurons).slice(0, 50);
        return shown.findIndex((pattern) => pattern.every((bit, j) => bit * 20 === input[j]));
      });
      orders.add(order.join(""));
      targets.add(which);
    }
    expect(orders.size).toBeGreaterThan(30); // 36 are possible
    expect(targets).toEqual(new Set([0, 1, 2]));
  });

  test("the presets have the papers' sizes", () => {
    expect(patternsSteps(fullPatterns)).toBe(106);
    expect(patternsNeurons(fullPatterns)).toBe(1000);
    expect(patternsSteps(smallPatterns)).toBe(11);
    expect(patternsNeurons(smallPatterns)).toBe(51);
  });

  test("is a pure function of options and random numbers", () => {
    const one = patternsEpisode(smallPatterns, random(8, "episode", 5));
    expect(patternsEpisode(smallPatterns, random(8, "episode", 5))).toEqual(one);
    expect(patternsEpisode(smallPatterns, random(8, "episode", 6)).inputs).not.toEqual(one.inputs);
  });

  test("refuses options out of range, by name and with a cure", () => {
    const attempt = (change: Partial<PatternsOptions>) => () =>
      patternsEpisode({ ...smallPatterns, ...change }, random(0, "episode", 0));
    expect(attempt({ patterns: 0 })).toThrow(
      "patterns: patterns must be a whole number of at least 1, got 0; the paper uses 2",
    );
    expect(attempt({ stepsOn: 1.5 })).toThrow("stepsOn must be a whole number of at least 1, got 1.5");
    expect(attempt({ stepsOff: -1 })).toThrow("stepsOff must be a whole number of at least 0, got -1");
    expect(attempt({ testSteps: Number.NaN })).toThrow("testSteps must be");
    expect(attempt({ cycles: 0 })).toThrow("cycles must be");
    expect(attempt({ bits: 51 })).toThrow("bits must be even where patterns are balanced, got 51; use 52");
    expect(attempt({ bits: 51, balanced: false })).not.toThrow();
    expect(attempt({ inputScale: Number.POSITIVE_INFINITY })).toThrow("inputScale must be a positive number");
  });
});

describe("wrongSigns", () => {
  test("counts signs, whatever the size of the numbers", () => {
    expect(wrongSigns([0.1, -9, 3, -0.5], [1, -1, -1, -1])).toBe(0.25);
    expect(wrongSigns([1, -1], [1, -1])).toBe(0);
    expect(wrongSigns([-1, 1], [1, -1])).toBe(1);
  });

  test("counts 0, -0 and NaN as wrong", () => {
    expect(wrongSigns([0, -0, Number.NaN, 1], [1, -1, 1, 1])).toBe(0.75);
  });

  test("leaves the bias neuron out, and refuses an output that is too short", () => {
    expect(wrongSigns([1, -1, -5], [1, -1])).toBe(0);
    expect(() => wrongSigns([1], [1, -1])).toThrow(
      "output must have the target's 2 bits (at least 1), got 1",
    );
    expect(() => wrongSigns([], [])).toThrow("wrongSigns");
  });
});
