import { expect, test } from "vitest";
import { resultRows } from "./resultRows.js";

test("a result's numbers are a row each, and groups of them a row for each group", () => {
  const intact = { secondHalf: { mean: 6, low: 5 }, givenUpAfter: null };
  const result = { error: 0.5, secondHalf: { intact: 6, zeroed: 2 }, interventions: { intact, none: 3 } };
  expect(resultRows(result)).toEqual([
    ["error", "0.5"],
    ["secondHalf", "intact 6, zeroed 2"],
    ["interventions.intact", "secondHalf.mean 6, secondHalf.low 5, givenUpAfter null"],
    ["interventions.none", "3"],
  ]);
});

test("what a stranger's file holds is shown in one line", () => {
  expect(
    resultRows({ "a\nb": "c\nd", list: ["x\ny"], group: { "k\n": "v\n" } })
      .flat()
      .join(""),
  ).not.toContain("\n");
});
