import { expect, test } from "vitest";
import { textColumns } from "./textColumns.js";

test("columns are as wide as their widest cell, and lines end where their text does", () => {
  expect(
    textColumns([
      ["a name longer than others", "1", "x"],
      ["b", "200"],
      ["c", "30", ""],
    ]),
  ).toBe(
    "  a name longer than others   1     x\n  b                           200\n  c                           30\n",
  );
});

test("columns of numbers may end together", () => {
  expect(
    textColumns(
      [
        ["a", "1"],
        ["b", "200"],
      ],
      { right: [1] },
    ),
  ).toBe("  a     1\n  b   200\n");
});

test("no rows are no text", () => expect(textColumns([])).toBe(""));
