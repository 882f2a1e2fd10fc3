import { expect, it } from "vitest";
import { parseFormula, print, type Rate } from "../../formulas/index.js";
import { RowSums } from "./rowSums.js";

const rates: Readonly<Record<string, Rate>> = {
  ...{ eta: "layer", m: "episode", pre: "pre", post: "post", H: "connection", A: "connection" },
};
const sums = () => new RowSums((name) => rates[name]!);
const shown = (row: RowSums, formula: string) =>
  row.add(parseFormula(formula)).map(({ factor, sum }) => {
    const found = row.sums.find(({ name }) => name === sum)!;
    return `${print(factor)} * sum(${print(found.formula)})`;
  });

it("takes out of a sum what is constant along a row", () => {
  expect(shown(sums(), "eta * pre * A * post")).toEqual(["eta * pre * sum(post * A)"]);
  expect(shown(sums(), "A * post * m")).toEqual(["m * sum(post * A)"]);
});

it("shares a sum between all that need it", () => {
  const row = sums();
  // d(pre) and d(eta) of a decaying trace.
  expect(shown(row, "A * (eta * post)")).toEqual(["eta * sum(post * A)"]);
  expect(shown(row, "A * (pre * post - H)")).toEqual(["pre * sum(post * A)", "-1 * sum(A * H)"]);
  expect(row.sums.map(({ name }) => name)).toEqual(["S0", "S1"]);
});

it("multiplies a factor out only where that frees a constant", () => {
  expect(shown(sums(), "A * (post + H)")).toEqual(["1 * sum(A * (post + H))"]);
  expect(shown(sums(), "A * (pre + H)")).toEqual(["pre * sum(A)", "1 * sum(A * H)"]);
});

it("keeps signs", () => {
  expect(shown(sums(), "-(eta * A) - A * post")).toEqual(["-eta * sum(A)", "-1 * sum(post * A)"]);
});
