import { describe, expect, test } from "vitest";
import { syntheticCharacters } from "../tasks/index.js";
import { oneShotProtocols } from "./oneShotProtocols.js";

const data = { train: syntheticCharacters(0, 0, 6), test: syntheticCharacters(0, 6, 8) };

describe("protocol disjoint", () => {
  test("asks for characters that were never trained on, by drawings that were not shown", () => {
    expect(oneShotProtocols.disjoint.characters(data)).toBe(data.test);
    expect(oneShotProtocols.disjoint.asked).toBe("unshown");
  });
});

describe("protocol published", () => {
  const { characters, asked } = oneShotProtocols.published;
  /** Which characters of both sets a test episode is drawn from. */
  const chosen = (seed: number, episode: number) => {
    const set = characters(data, seed, episode);
    return Array.from({ length: set.characters }, (_, c) => set.pixels(c * set.drawings).join());
  };

  test("asks for a hundred characters, of which 94 were trained on, by any drawing", () => {
    expect(asked).toBe("any");
    const set = characters(data, 1, 0);
    expect(set.alphabets).toEqual([
      { name: "trained on", first: 0, characters: 94 },
      { name: "new", first: 94, characters: 6 },
    ]);
    const drawingsOf = ({ train }: typeof data) =>
      new Set(Array.from({ length: train.characters }, (_, c) => train.pixels(c * train.drawings).join()));
    const trained = drawingsOf(data);
    expect(chosen(1, 0).map((picture) => trained.has(picture))).toEqual([
      ...Array(94).fill(true),
      ...Array(6).fill(false),
    ]);
    expect(new Set(chosen(1, 0)).size).toBe(100);
  });

  test("asks for the same hundred in a thousand episodes, then for others; another seed for others at once", () => {
    expect(chosen(1, 999)).toEqual(chosen(1, 0));
    expect(chosen(1, 1000)).not.toEqual(chosen(1, 0));
    expect(chosen(2, 0)).not.toEqual(chosen(1, 0));
  });

  test("says what it needs where there are fewer characters", () => {
    const few = { train: syntheticCharacters(0, 0, 2), test: data.test };
    expect(() => characters(few, 0, 0)).toThrow(
      /needs 94 characters that were trained on .*use protocol disjoint/,
    );
  });
});
