import { describe, expect, test } from "vitest";
import { isWord, typedPieces } from "./typed.js";

describe("text as it is typed", () => {
  test("is words in small letters, marks by themselves, and numbers alike", () => {
    expect(typedPieces("In 1790, the President's well-meant\nfriend paid 3,000.50 florins. ")).toEqual([
      ..."in <number> , the president's well-meant friend paid <number> florins .".split(" "),
    ]);
  });

  test("has plain quotation marks, whichever were typed", () => {
    expect(typedPieces("“Don’t”")).toEqual(['"', "don't", '"']);
  });

  test("has letters of any alphabet, composed or not", () => {
    expect(typedPieces("Caf\u00e9 cafe\u0301")).toEqual(["café", "café"]);
  });

  test("may be empty", () => {
    expect(typedPieces(" \n")).toEqual([]);
  });

  test("can be completed where it is a word", () => {
    expect(["don't", "é", "<number>", "<unk>", ".", ""].map(isWord)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});
