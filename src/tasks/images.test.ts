import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ImageSet, meanImage } from "./imageSets/imageSet.js";
import { proceduralImages } from "./imageSets/procedural.js";
import { halfMetrics, type ImagesOptions, imagesEpisode, imagesSteps, naturalImages } from "./images.js";
import { random } from "./random.js";

/** Image `index` has pixels index + 1, index + 1 + 1/16, ...: never 0, and different everywhere. */
const tiny = (count: number, size = 4): ImageSet => ({
  name: "tiny",
  count,
  size,
  pixels: (index) => Float32Array.from({ length: size * size }, (_, i) => index + 1 + i / (size * size)),
});

const anyOptions: fc.Arbitrary<ImagesOptions> = fc.record({
  images: fc.integer({ min: 1, max: 5 }),
  cycles: fc.integer({ min: 1, max: 3 }),
  stepsOn: fc.integer({ min: 1, max: 4 }),
  stepsOff: fc.integer({ min: 0, max: 3 }),
  testSteps: fc.integer({ min: 1, max: 4 }),
});

describe("imagesEpisode", () => {
  test("shows different images of the set once a cycle, then the degraded one, with the bias at 1", () => {
    fc.assert(
      fc.property(anyOptions, fc.integer(), (options, seed) => {
        const set = tiny(9);
        const episode = imagesEpisode(set, options, random(seed, "episode", 0));
        const { inputs, steps, neurons, shown, indices } = episode;
        expect([neurons, steps]).toEqual([17, imagesSteps(options)]);
        expect(inputs).toHaveLength(steps * neurons);
        expect(new Set(indices).size).toBe(options.images);
        expect(shown).toEqual(indices.map((index) => set.pixels(index)));

        let step = 0;
        const next = () => {
          const row = inputs.subarray(step * neurons, ++step * neurons);
          expect(row[16]).toBe(1);
          return row.slice(0, 16);
        };
        for (let cycle = 0; cycle < options.cycles; cycle++) {
          const seen: number[] = [];
          for (let i = 0; i < options.images; i++) {
            const first = next();
            seen.push(shown.findIndex((image) => image.every((pixel, j) => pixel === first[j])));
            for (let on = 1; on < options.stepsOn; on++) expect(next()).toEqual(first);
            for (let off = 0; off < options.stepsOff; off++) expect(next()).toEqual(new Float32Array(16));
          }
          expect(seen.sort()).toEqual([...shown.keys()]);
        }
        for (let i = 0; i < options.testSteps; i++) expect(next()).toEqual(episode.degraded);
        expect(step).toBe(steps);
      }),
    );
  });

  test("the degraded image lacks the top or the bottom half of the target, and only that", () => {
    const halves = new Set<string>();
    const targets = new Set<number>();
    for (let index = 0; index < 60; index++) {
      const episode = imagesEpisode(tiny(9), naturalImages, random(1, "halves", index));
      expect(episode.target).toEqual(episode.shown[episode.which]);
      const top = episode.half === "top";
      expect([...episode.missing]).toEqual(Array.from({ length: 16 }, (_, i) => (i < 8 === top ? 1 : 0)));
      expect(episode.degraded).toEqual(episode.target.map((pixel, i) => (episode.missing[i] ? 0 : pixel)));
      halves.add(episode.half);
      targets.add(episode.which);
    }
    expect(halves).toEqual(new Set(["top", "bottom"]));
    expect(targets).toEqual(new Set([0, 1, 2]));
  });

  test("of the paper's size has 201 steps of 1025 neurons, and is repeatable", () => {
    const set = proceduralImages(1);
    const episode = imagesEpisode(set, naturalImages, random(1, "episode", 0));
    expect([episode.steps, episode.neurons]).toEqual([201, 1025]);
    const again = imagesEpisode(set, naturalImages, random(1, "episode", 0));
    expect(again.indices).toEqual(episode.indices);
    expect(again.inputs.every((value, i) => value === episode.inputs[i])).toBe(true);
  });

  test("refuses options out of range and sets with too few images", () => {
    const attempt = (set: ImageSet, change: Partial<ImagesOptions>) => () =>
      imagesEpisode(set, { ...naturalImages, ...change }, random(0, "episode", 0));
    expect(attempt(tiny(2), {})).toThrow(
      "shows 3 different images, but tiny has 2; add images, or show fewer",
    );
    expect(attempt(tiny(3), {})).not.toThrow();
    expect(attempt(tiny(3), { images: 0 })).toThrow("images must be a whole number of at least 1, got 0");
    expect(attempt(tiny(3), { cycles: 0.5 })).toThrow("cycles must be a whole number of at least 1, got 0.5");
  });
});

describe("halfMetrics", () => {
  const target = [9, 9, 1, -1, 0.5, -0.5];
  const missing = [0, 0, 1, 1, 1, 1];
  const mean = [7, 7, 0, 0, 0, -0.5];

  test("looks at the missing pixels only", () => {
    const metrics = halfMetrics([5, 5, 1, 0, 0.5, -0.5, 42], target, missing, mean);
    expect(metrics.mse).toBe(1 / 4);
    expect(metrics.mseZero).toBe(2.5 / 4);
    expect(metrics.mseMeanImage).toBe(2.25 / 4);
    // Sums over the four: xy 1.5, xx 1.5, yy 2.5, x 1, y 0.
    expect(metrics.correlation).toBeCloseTo(1.5 / Math.sqrt((1.5 - 1 / 4) * 2.5), 12);
  });

  test("correlation is 1 for the target times any positive number plus any other, -1 for a negative one", () => {
    const scale = fc.double({ min: 0.01, max: 100, noNaN: true });
    const shift = fc.double({ min: -10, max: 10, noNaN: true });
    fc.assert(
      fc.property(scale, shift, (by, plus) => {
        const along = target.map((pixel) => by * pixel + plus);
        expect(halfMetrics(along, target, missing, mean).correlation).toBeCloseTo(1, 6);
        const against = target.map((pixel) => -by * pixel + plus);
        expect(halfMetrics(against, target, missing, mean).correlation).toBeCloseTo(-1, 6);
      }),
    );
  });

  test("answering 0 or the mean image gives their own errors, and a constant output correlation 0", () => {
    const set = tiny(5);
    const { target, missing } = imagesEpisode(set, naturalImages, random(3, "episode", 0));
    const guess = meanImage(set, 5);
    const zero = halfMetrics(new Float32Array(17), target, missing, guess);
    expect(zero.mse).toBe(zero.mseZero);
    expect(zero.correlation).toBe(0);
    expect(halfMetrics(guess, target, missing, guess).mse).toBe(zero.mseMeanImage);
  });

  test("refuses lengths that differ, and a mask of nothing", () => {
    expect(() => halfMetrics([1], target, missing, mean)).toThrow(
      "must have the target's 6 pixels, got 1, 6 and 6",
    );
    expect(() => halfMetrics(target, target, [0, 0, 0, 0, 0, 0], mean)).toThrow("no pixel is missing");
  });
});
