import { expect, test } from "vitest";
import { characterSet } from "./characterSet.js";
import { chosenCharacters } from "./chosen.js";

/** Every picture is one pixel that says which drawing of which character it is. */
const set = (name: string, characters: number, from: number) =>
  characterSet({
    ...{ name, size: 1, drawings: 2, alphabets: [{ name: "a", characters }] },
    ink: Uint8Array.from({ length: 2 * characters }, (_, i) => from + i),
  });
const ink = (pixels: Float32Array) => Math.round(255 * pixels[0]!);

test("characters chosen of several sets are one set, with an alphabet for each part", () => {
  const chosen = chosenCharacters("some", {
    first: { set: set("one", 4, 0), characters: [3, 1] },
    second: { set: set("two", 3, 100), characters: [2] },
  });
  expect(chosen).toMatchObject({ name: "some", characters: 3, drawings: 2, count: 6, size: 1 });
  expect(chosen.alphabets).toEqual([
    { name: "first", first: 0, characters: 2 },
    { name: "second", first: 2, characters: 1 },
  ]);
  expect(Array.from({ length: 6 }, (_, i) => ink(chosen.pixels(i)))).toEqual([6, 7, 2, 3, 104, 105]);
  expect(() => chosen.pixels(6)).toThrow(RangeError);
});

test("sets that do not go together, and characters that a set has not, are refused", () => {
  const one = set("one", 4, 0);
  const other = characterSet({
    ...{ name: "other", size: 1, drawings: 1, alphabets: [{ name: "b", characters: 1 }] },
    ink: new Uint8Array(1),
  });
  const both = { a: { set: one, characters: [0] }, b: { set: other, characters: [0] } };
  expect(() => chosenCharacters("both", both)).toThrow(/both: other has 1 drawings of 1 x 1, one 2 of 1 x 1/);
  expect(() => chosenCharacters("none", { a: { set: one, characters: [4] } })).toThrow(
    /none: one has characters 0 to 3, got 4/,
  );
});
