import { describe, expect, test } from "vitest";
import { textPieces } from "./pieces.js";

describe("a text by word", () => {
  test("is what stands between white space, and an end for each line", () => {
    expect(textPieces(" no it was n't\n black  monday\n", "word")).toEqual([
      ..."no it was n't <eos> black monday <eos>".split(" "),
    ]);
  });

  test("ends its last line, whether a line end is there or not", () => {
    expect(textPieces("a b\nc", "word")).toEqual(textPieces("a b\nc\n", "word"));
    expect(textPieces("a", "word")).toEqual(["a", "<eos>"]);
  });

  test("has an end for an empty line too", () => {
    expect(textPieces("a\n\nb\n", "word")).toEqual(["a", "<eos>", "<eos>", "b", "<eos>"]);
  });

  test("is the same with the line ends of Windows and a byte order mark", () => {
    expect(textPieces("\uFEFFa\tb\r\nc\r\n", "word")).toEqual(["a", "b", "<eos>", "c", "<eos>"]);
  });

  test("needs a word", () => {
    for (const empty of ["", " \n\n\t"]) {
      expect(() => textPieces(empty, "word", "notes.txt")).toThrow(
        "notes.txt: has no words in it; expected words with white space between them",
      );
    }
  });
});

describe("a text by character", () => {
  test("is its Unicode characters, line ends and spaces among them", () => {
    expect(textPieces("né 🌱\r\n", "character")).toEqual(["n", "é", " ", "🌱", "\n"]);
  });

  test("needs a character", () => {
    expect(() => textPieces("", "character", "notes.txt")).toThrow("notes.txt: has no characters in it");
  });
});
