import { expect, it } from "vitest";
import { grouped } from "./grouped.js";

it("thousands are told apart", () => {
  expect([0, 7, 999, 1000, 20_000, 707_281, 1_000_000].map(grouped)).toEqual([
    "0",
    "7",
    "999",
    "1,000",
    "20,000",
    "707,281",
    "1,000,000",
  ]);
});
