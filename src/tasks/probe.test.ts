import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AssociativeRetrieval, fourPairs, publishedSets } from "./associativeRetrieval.js";
import { CopyDelay, copyTask } from "./copyDelay.js";
import { Familiarity, familiarityTask } from "./familiarity.js";
import { type Probe, type ProbeEpisode, shareWrong } from "./probe.js";
import { random } from "./random.js";

const seeds = fc.integer({ min: 0, max: 10_000 });
const episodeOf = (task: Probe, seed: number, index = 0) => task.episode(random(seed, "test", index), "test");

/** The symbol that each step shows; -1 if its inputs are not one-hot. */
const symbolsOf = ({ inputs, steps }: Probe, episode: ProbeEpisode) =>
  Array.from({ length: steps }, (_, t) => {
    const row = [...episode.inputs.subarray(t * inputs, (t + 1) * inputs)];
    return row.filter((each) => each !== 0).join() === "1" ? row.indexOf(1) : -1;
  });

describe.each<[string, Probe]>([
  ["associative retrieval", new AssociativeRetrieval(fourPairs)],
  ["copy with delay", new CopyDelay(copyTask)],
  ["familiarity", new Familiarity(familiarityTask)],
])("%s", (_, task) => {
  it("has a right answer out of those there are for each step that asks for one", () => {
    const { inputs, right } = episodeOf(task, 1);
    expect(inputs).toHaveLength(task.steps * task.inputs);
    expect(right).toHaveLength(task.asked.length);
    expect(Math.max(...right)).toBeLessThan(task.answers);
    expect(task.asked).toEqual([...new Set(task.asked)].sort((a, b) => a - b));
    expect(task.asked.at(-1)).toBe(task.steps - 1);
  });

  it("is the same for the same random numbers, and another for others", () => {
    expect(episodeOf(task, 3, 7)).toEqual(episodeOf(task, 3, 7));
    expect(episodeOf(task, 3, 7)).not.toEqual(episodeOf(task, 3, 8));
  });

  it("measures no error where all is right, and all where nothing is", () => {
    const episode = episodeOf(task, 2);
    expect(task.measure!(episode, episode.right).error).toBe(0);
    expect(
      task.measure!(
        episode,
        episode.right.map((each) => (each + 1) % task.answers),
      ).error,
    ).toBe(1);
  });
});

describe("associative retrieval", () => {
  it("asks for a letter that was shown, and wants the digit behind it", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 26 }),
        fc.integer({ min: 0, max: 3 }),
        seeds,
        (pairs, pause, seed) => {
          const task = new AssociativeRetrieval({ pairs, pause });
          const episode = episodeOf(task, seed);
          const all = symbolsOf(task, episode);
          const symbols = all.slice(0, all.length - pause);
          expect(all.slice(symbols.length)).toEqual(Array(pause).fill(-1));
          expect(episode.inputs.slice(symbols.length * task.inputs).every((each) => each === 0)).toBe(true);
          const letters = symbols.slice(0, 2 * pairs).filter((_, t) => t % 2 === 0);
          expect(new Set(letters).size).toBe(pairs);
          for (const letter of letters) expect(letter).toBeLessThan(26);
          expect(symbols.slice(2 * pairs, -1)).toEqual([36, 36]);
          const asked = letters.indexOf(symbols.at(-1)!);
          expect(symbols[2 * asked + 1]).toBe(26 + episode.right[0]!);
        },
      ),
    );
  });

  it("asks for every pair equally often", () => {
    const task = new AssociativeRetrieval({ ...fourPairs, pause: 0 });
    const times = [0, 0, 0, 0];
    for (let index = 0; index < 4000; index++) {
      const symbols = symbolsOf(task, episodeOf(task, 1, index));
      times[symbols.indexOf(symbols.at(-1)!) / 2]!++;
    }
    for (const count of times) expect(Math.abs(count - 1000)).toBeLessThan(120);
  });
});

describe("copy with delay", () => {
  it("shows the symbols, waits, says go, and wants them again", () => {
    fc.assert(
      fc.property(
        fc.record({
          symbols: fc.integer({ min: 2, max: 12 }),
          length: fc.integer({ min: 1, max: 9 }),
          delay: fc.integer({ min: 0, max: 9 }),
        }),
        seeds,
        (made, seed) => {
          const task = new CopyDelay(made);
          const episode = episodeOf(task, seed);
          const symbols = symbolsOf(task, episode);
          const { length, delay } = made;
          expect(symbols.slice(0, length)).toEqual([...episode.right]);
          const rest = symbols.slice(length);
          expect(rest.indexOf(made.symbols + 1)).toBe(delay);
          expect(rest.filter((each) => each === made.symbols)).toHaveLength(rest.length - 1);
          expect(task.asked).toEqual(Array.from({ length }, (_, k) => length + delay + k));
        },
      ),
    );
  });
});

describe("familiarity", () => {
  const options = fc.record({
    bits: fc.integer({ min: 20, max: 40 }),
    steps: fc.integer({ min: 8, max: 60 }),
    interval: fc.integer({ min: 1, max: 7 }),
    repeat: fc.constantFrom(0, 0.3, 0.5, 1),
  });

  it("has familiar exactly those stimuli that were shown before, each once, after the interval", () => {
    fc.assert(
      fc.property(options, seeds, (made, seed) => {
        const task = new Familiarity(made);
        const { inputs, right } = episodeOf(task, seed);
        const stimuli = Array.from({ length: made.steps }, (_, t) =>
          inputs.subarray(t * made.bits, (t + 1) * made.bits).join(),
        );
        stimuli.forEach((stimulus, t) => {
          const before = stimuli.slice(0, t).lastIndexOf(stimulus);
          expect(right[t]).toBe(before < 0 ? 0 : 1);
          if (before >= 0) expect([t - before, right[before]]).toEqual([made.interval, 0]);
        });
        expect(inputs.every((bit) => bit === 1 || bit === -1)).toBe(true);
      }),
    );
  });

  it("repeats a third of them", () => {
    const task = new Familiarity({ ...familiarityTask, steps: 2000 });
    const { right } = episodeOf(task, 1);
    expect(Math.abs(right.reduce((sum, each) => sum + each, 0) / 2000 - 1 / 3)).toBeLessThan(0.03);
  });

  it("tells hits from false alarms", () => {
    const task = new Familiarity({ ...familiarityTask, steps: 6, interval: 1 });
    const episode = { inputs: new Float32Array(), right: Uint8Array.of(0, 1, 0, 1, 0, 0) };
    expect(task.measure!(episode, [0, 1, 1, 0, 0, 0])).toEqual({
      error: 2 / 6,
      hits: 0.5,
      falseAlarms: 0.25,
    });
    expect(task.measure!({ ...episode, right: new Uint8Array(6) }, [0, 0, 0, 0, 0, 0]).hits).toBe(0);
  });
});

it("tasks that there are not are refused with the cure", () => {
  expect(() => new AssociativeRetrieval({ ...fourPairs, pairs: 27 })).toThrow(
    /at most 26, a letter each, got 27/,
  );
  expect(() => new AssociativeRetrieval({ ...fourPairs, pairs: 0 })).toThrow(
    /pairs must be a whole number of at least 1/,
  );
  expect(() => new AssociativeRetrieval({ ...fourPairs, pause: -1 })).toThrow(/pause must be .* at least 0/);
  expect(() => new CopyDelay({ ...copyTask, delay: -1 })).toThrow(/delay must be .* at least 0, got -1/);
  expect(() => new CopyDelay({ ...copyTask, symbols: 300 })).toThrow(/at most 256/);
  expect(() => new Familiarity({ ...familiarityTask, interval: 50 })).toThrow(/steps must be .* at least 51/);
  expect(() => new Familiarity({ ...familiarityTask, repeat: 2 })).toThrow(/a probability, 0 to 1, got 2/);
});

it("the share of wrong answers counts each once", () => {
  expect(shareWrong([1, 2, 3, 4], [1, 0, 3, 0])).toBe(0.5);
});

describe("associative retrieval from fixed sets", () => {
  const sets = { train: 5, validation: 3, test: 4, tested: "test" } as const;
  const seen = (task: AssociativeRetrieval, split: "train" | "test") =>
    new Set(
      Array.from({ length: 200 }, (_, k) =>
        symbolsOf(task, task.episode(random(1, "draw", k), split)).join(),
      ),
    );

  it("has so many different episodes in each, and none in two of them", () => {
    const task = new AssociativeRetrieval({ ...fourPairs, sets });
    const validated = new AssociativeRetrieval({ ...fourPairs, sets: { ...sets, tested: "validation" } });
    const all = [seen(task, "train"), seen(task, "test"), seen(validated, "test")];
    expect(all.map(({ size }) => size)).toEqual([5, 4, 3]);
    expect(new Set(all.flatMap((set) => [...set])).size).toBe(12);
  });

  it("draws the same sets whatever the seed", () => {
    const task = new AssociativeRetrieval({ ...fourPairs, sets });
    const other = Array.from({ length: 200 }, (_, k) =>
      symbolsOf(task, task.episode(random(2, "draw", k), "train")).join(),
    );
    expect(new Set(other)).toEqual(seen(task, "train"));
  });

  it("has the published numbers of sequences", () => {
    expect(publishedSets).toMatchObject({ train: 100_000, validation: 10_000, test: 20_000 });
  });
});
