import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { centred } from "./characters/centred.js";
import { alphabetOf, characterSet } from "./characters/characterSet.js";
import { syntheticCharacters } from "./characters/synthetic.js";
import { checkOneShot, nearestNeighbour, oneShotEpisode, turned } from "./oneShot.js";
import { random } from "./random.js";

/** Every picture of 2 x 2 says which drawing of which character it is, and has a corner that tells its turn. */
const set = characterSet({
  name: "corners",
  size: 2,
  drawings: 4,
  alphabets: [
    { name: "a", characters: 3 },
    { name: "b", characters: 4 },
  ],
  ink: Uint8Array.from({ length: 7 * 4 * 4 }, (_, i) => (i % 4 === 0 ? 255 : Math.floor(i / 4))),
});
const about = (pixels: Float32Array) => {
  const index = Math.round(255 * Math.min(...pixels));
  return { character: Math.floor(index / 4), drawing: index % 4, corner: pixels.indexOf(1) };
};

const options = fc
  .record({
    ways: fc.integer({ min: 2, max: 7 }),
    shots: fc.integer({ min: 1, max: 3 }),
    queries: fc.integer({ min: 1, max: 7 }),
  })
  .filter(({ ways, shots, queries }) => shots + Math.ceil(queries / ways) <= 4);

describe("oneShotEpisode", () => {
  test("shows each class as often as asked, turned one way, and asks for drawings that were not shown", () => {
    fc.assert(
      fc.property(options, fc.nat(1000), (given, seed) => {
        const { support, queries, alphabets } = oneShotEpisode(set, given, random(seed, "train", 0));
        expect(support).toHaveLength(given.ways * given.shots);
        expect(queries).toHaveLength(given.queries);
        const all = [...support, ...queries].map(({ pixels, label }) => ({ ...about(pixels), label }));
        for (let label = 0; label < given.ways; label++) {
          const ofClass = all.filter((image) => image.label === label);
          expect(support.filter((image) => image.label === label)).toHaveLength(given.shots);
          expect(new Set(ofClass.map(({ character }) => character)).size).toBe(1);
          expect(new Set(ofClass.map(({ corner }) => corner)).size).toBe(1);
          expect(new Set(ofClass.map(({ drawing }) => drawing)).size).toBe(ofClass.length);
          expect(alphabetOf(set, ofClass[0]!.character)).toBe(alphabets[label]);
        }
        expect(new Set(all.map(({ character }) => character)).size).toBe(given.ways);
      }),
    );
  });

  test("may ask for any drawing of a class, as often for one that was shown as chance has it", () => {
    const given = { ways: 2, shots: 2, queries: 2, asked: "any" } as const;
    let shown = 0;
    const EPISODES = 500;
    for (let i = 0; i < EPISODES; i++) {
      const { support, queries } = oneShotEpisode(set, given, random(2, "test", i));
      for (const query of queries) {
        const asked = about(query.pixels);
        const ofClass = support
          .filter(({ label }) => label === query.label)
          .map(({ pixels }) => about(pixels));
        expect(ofClass.map(({ corner }) => corner)).toEqual([asked.corner, asked.corner]);
        expect(new Set(ofClass.map(({ drawing }) => drawing)).size).toBe(2);
        shown += Number(ofClass.some(({ drawing }) => drawing === asked.drawing));
      }
    }
    // Two of the four drawings of a class are shown, and two classes are asked for.
    expect(Math.abs(shown - EPISODES)).toBeLessThan(5 * Math.sqrt(EPISODES / 2));
    expect(() => checkOneShot(set, { ...given, shots: 4 })).not.toThrow();
    expect(() => checkOneShot(set, { ...given, shots: 5 })).toThrow("corners has 4 of each character");
  });

  test("is a pure function of its random numbers; classes, turns and questions are evenly spread", () => {
    const given = { ways: 2, shots: 1, queries: 1 };
    const draw = (index: number) => oneShotEpisode(set, given, random(1, "train", index));
    expect(draw(3)).toEqual(draw(3));
    const counts = { corner: [0, 0, 0, 0], character: Array(7).fill(0), label: [0, 0] };
    for (let i = 0; i < 2000; i++) {
      const { pixels, label } = draw(i).queries[0]!;
      const { corner, character } = about(pixels);
      counts.corner[corner]!++;
      counts.character[character]++;
      counts.label[label]!++;
    }
    for (const of of Object.values(counts)) {
      for (const count of of)
        expect(Math.abs(count - 2000 / of.length)).toBeLessThan(5 * Math.sqrt(2000 / of.length));
    }
  });
});

test("options that ask for more than there is are refused", () => {
  const good = { ways: 5, shots: 1, queries: 1 };
  expect(() => checkOneShot(set, good)).not.toThrow();
  expect(() => checkOneShot(set, { ...good, ways: 1 })).toThrow(
    "ways must be a whole number of at least 2, got 1",
  );
  expect(() => checkOneShot(set, { ...good, ways: 8 })).toThrow("at most the 7 characters of corners, got 8");
  expect(() => checkOneShot(set, { ...good, shots: 4 })).toThrow("corners has 4 of each character");
});

test("a warp that is no share of a drawing's size, or would turn it inside out, is refused", () => {
  const good = { ways: 5, shots: 1, queries: 1 };
  for (const warp of [0, 0.2, 0.9]) expect(() => checkOneShot(set, { ...good, warp })).not.toThrow();
  for (const warp of [-0.1, 0.91, 1, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => checkOneShot(set, { ...good, warp })).toThrow(
      `one-shot: warp must be from 0 to 0.9, got ${warp}; 0 leaves drawings as they are`,
    );
  }
});

test("centred drawings keep their ink, moved by whole pixels to the middle", () => {
  const ink = new Uint8Array(5 * 5);
  ink[0] = 255;
  ink[1] = 255;
  ink[5] = 255;
  const corner = characterSet({
    ...{ name: "corner", size: 5, drawings: 1, alphabets: [{ name: "a", characters: 2 }] },
    ink: Uint8Array.from([...ink, ...new Uint8Array(25)]),
  });
  const pixels = centred(corner).pixels(0);
  expect([12, 13, 17].map((i) => pixels[i])).toEqual([1, 1, 1]);
  expect(pixels.reduce((a, b) => a + b)).toBe(3);
  expect(centred(corner).pixels(1)).toEqual(new Float32Array(25));
});

test("four quarter turns are none, and one turns anticlockwise", () => {
  const picture = Float32Array.from({ length: 9 }, (_, i) => i);
  expect([...turned(picture, 3, 1)]).toEqual([2, 5, 8, 1, 4, 7, 0, 3, 6]);
  const again = (pixels: Float32Array, times: number): Float32Array =>
    times === 0 ? pixels : again(turned(pixels, 3, 1), times - 1);
  for (const quarters of [0, 1, 2, 3]) expect(turned(picture, 3, quarters)).toEqual(again(picture, quarters));
  expect(again(picture, 4)).toEqual(picture);
});

test("the nearest of several is found", () => {
  expect(
    nearestNeighbour(
      [0, 0],
      [
        [2, 0],
        [1, 1],
        [0, -1.2],
      ],
    ),
  ).toBe(2);
});

describe("syntheticCharacters", () => {
  const synthetic = syntheticCharacters(0, 0, 3);

  test("drawings are ink on paper, pure functions of seed and index, and the same in any range of alphabets", () => {
    const pixels = synthetic.pixels(400);
    expect(Math.max(...pixels)).toBeGreaterThan(0.9);
    expect(pixels.filter((ink) => ink === 0).length).toBeGreaterThan(500);
    expect(syntheticCharacters(0, 1, 2).pixels(0)).toEqual(pixels);
    expect(syntheticCharacters(1, 1, 2).pixels(0)).not.toEqual(pixels);
  });

  test("drawings of one character are more alike than those of two, but not alike enough for pixels to tell", () => {
    let right = 0;
    const trials = 300;
    for (let i = 0; i < trials; i++) {
      const { support, queries } = oneShotEpisode(
        synthetic,
        { ways: 5, shots: 1, queries: 1 },
        random(0, "test", i),
      );
      const found = nearestNeighbour(
        queries[0]!.pixels,
        support.map(({ pixels }) => pixels),
      );
      right += Number(support[found]!.label === queries[0]!.label);
    }
    expect(right / trials).toBeGreaterThan(0.3);
    expect(right / trials).toBeLessThan(0.9);
  });
});
