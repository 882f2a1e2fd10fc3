import { describe, expect, test } from "vitest";
import { textPieces } from "./pieces.js";
import { buildVocabulary, vocabularyOf } from "./vocabulary.js";

const pieces = textPieces("the cat and the dog\nthe cat slept\n", "word");

describe("a vocabulary", () => {
  test("has <unk> first, then pieces by falling frequency and by name", () => {
    const { tokens, size, unknown } = buildVocabulary(pieces);
    expect(tokens).toEqual(["<unk>", "the", "<eos>", "cat", "and", "dog", "slept"]);
    expect([size, unknown]).toEqual([7, 0]);
  });

  test("of a limited size keeps the most frequent, and the others become <unk>", () => {
    const vocabulary = buildVocabulary(pieces, { limit: 4 });
    expect(vocabulary.tokens).toEqual(["<unk>", "the", "<eos>", "cat"]);
    const encoded = vocabulary.encode(pieces);
    expect(encoded).toEqual(Uint16Array.of(1, 3, 0, 1, 0, 2, 1, 3, 0, 2));
    expect(vocabulary.decode(encoded, "word")).toBe("the cat <unk> the <unk>\nthe cat <unk>\n");
  });

  test("takes <unk> as it stands in a text, as in the Penn Treebank, for no second token", () => {
    const { tokens } = buildVocabulary(["<unk>", "a", "<unk>", "b"]);
    expect(tokens).toEqual(["<unk>", "a", "b"]);
  });

  test("of everything brings a text back, by word and by character", () => {
    for (const by of ["word", "character"] as const) {
      const text = "né pas\n\nné 🌱\n";
      const read = textPieces(text, by);
      const vocabulary = buildVocabulary(read);
      expect(vocabulary.decode(vocabulary.encode(read), by)).toBe(text);
    }
  });

  test("is the same when made of its tokens again", () => {
    const built = buildVocabulary(pieces);
    expect(vocabularyOf(built.tokens).encode(pieces)).toEqual(built.encode(pieces));
  });

  test("needs two different pieces", () => {
    expect(() => buildVocabulary(["a", "a"])).toThrow(
      "buildVocabulary: the text must have at least 2 different words or characters, got 1",
    );
    expect(() => buildVocabulary([])).toThrow("got 0");
  });

  test("has a limit that is a whole number from 2 to 65536", () => {
    for (const limit of [1, 2.5, Number.NaN, 65_537]) {
      expect(() => buildVocabulary(pieces, { limit })).toThrow(
        `limit must be a whole number from 2 to 65536, got ${limit}`,
      );
    }
  });

  test("asks for a limit where a text has more pieces than 16 bits can tell", () => {
    const many = Array.from({ length: 65_536 }, (_, i) => `word${i}`);
    expect(() => buildVocabulary(many)).toThrow(/at most 65535 different pieces, got 65536; give a limit/);
    expect(buildVocabulary(many, { limit: 65_536 }).size).toBe(65_536);
  });

  test("of given tokens needs them different, with <unk> among them", () => {
    expect(() => vocabularyOf(["<unk>", "a", "a"])).toThrow('all tokens must be different, got "a" twice');
    expect(() => vocabularyOf(["a", "b"])).toThrow("<unk> must be among the tokens");
    expect(() => vocabularyOf(["<unk>"])).toThrow("must have 2 to 65536 tokens, got 1");
  });
});
