import { describe, expect, test } from "vitest";
import { random } from "../random.js";
import { vocabularyOf } from "./vocabulary.js";
import { WordCompletion } from "./wordCompletion.js";

const vocabulary = vocabularyOf([
  "<unk>",
  ".",
  ..."the them thence that a an and any it is isn't éa éb no not nothing note".split(" "),
]);
const completion = new WordCompletion(vocabulary);
const given = (likely: Readonly<Record<string, number>>) =>
  Float32Array.from(vocabulary.tokens, (token) => likely[token] ?? 0.001);

describe("completion", () => {
  test("offers the likeliest words that begin as what is typed, and no marks", () => {
    const p = given({ ".": 0.5, no: 0.2, them: 0.1, the: 0.05, thence: 0.04, that: 0.03 });
    expect(completion.suggestions(p, "")).toEqual(["no", "them", "the"]);
    expect(completion.suggestions(p, "th")).toEqual(["them", "the", "thence"]);
    expect(completion.suggestions(p, "tha")).toEqual(["that"]);
    expect(completion.suggestions(p, "x")).toEqual([]);
    expect(completion.suggestions(p, "é")).toEqual(["éa", "éb"]);
  });

  test("counts the letters until a word is offered", () => {
    const p = given({ no: 0.2, them: 0.1, the: 0.05, thence: 0.04, that: 0.03 });
    expect(["no", "thence", "that", "éb"].map((word) => completion.letters(p, word))).toEqual([0, 1, 3, 1]);
    expect(["absent", ".", "<unk>"].map((word) => completion.letters(p, word))).toEqual([6, 1, 5]);
  });

  test("counts as many letters as a person needs who looks at the suggestions after each", () => {
    for (let round = 0; round < 40; round++) {
      // Ties among them, which the smaller number wins.
      const rng = random(1, "p", round);
      const p = Float32Array.from(vocabulary.tokens, () => rng.integer(6) / 8);
      for (const word of vocabulary.tokens.slice(2)) {
        const letters = [...word];
        let typed = 0;
        const offers = () => completion.suggestions(p, letters.slice(0, typed).join(""));
        while (typed < letters.length && !offers().includes(word)) typed++;
        expect(completion.letters(p, word), `${word} in round ${round}`).toBe(typed);
      }
    }
  });

  test("offers one word at least", () => {
    expect(() => new WordCompletion(vocabulary, 0)).toThrow(
      "offered must be a whole number of at least 1, got 0",
    );
  });
});
