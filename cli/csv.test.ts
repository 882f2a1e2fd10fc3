import { expect, test } from "vitest";
import { csvRow } from "./csv.js";

test("a row of a CSV file quotes text where it has to, and leaves the missing empty", () => {
  expect(csvRow(["a", 1, null, "b,c", 'say "x"', "two\nlines", " led", ""])).toBe(
    'a,1,,"b,c","say ""x""","two\nlines"," led",\n',
  );
});

test("numbers in a row come back to the same bits", () => {
  const numbers = [0.1 + 0.2, 1e-320, -1.5e300, 2 ** 53, 1 / 3];
  expect(csvRow(numbers).trim().split(",").map(Number)).toEqual(numbers);
});
