import { expect, it } from "vitest";
import { parseFormula, print, type Rate } from "../../formulas/index.js";
import type { Output } from "./pass.js";
import { SharedSums, sharedByColumns } from "./sharedSums.js";

const rates: Readonly<Record<string, Rate>> = {
  ...{ eta: "layer", m: "episode", pre: "pre", post: "post", H: "connection", A: "connection" },
};
const sums = () => SharedSums.ofRows((name) => rates[name]!);
const shown = (row: SharedSums, formula: string) =>
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

const ofColumn = (to: string, formula: string): Output => ({
  ...{ to, at: `sum:${to}`, along: "post", own: true, how: "sum", adds: true, terms: [] },
  formula: parseFormula(formula),
});
const shares = (...formulas: string[]) => {
  const outputs = formulas.map((formula, k) => ofColumn(`d${k}`, formula));
  const shared = sharedByColumns(outputs, (name) => rates[name]!);
  return {
    sums: shared.columnSums.map(({ name, formula }) => `${name} = ${print(formula)}`),
    terms: shared.outputs.map(({ terms }) => terms.map(({ factor, sum }) => `${print(factor)} * ${sum}`)),
  };
};

it("computes a sum over rows once where it stands in several outputs, as in a delta rule's", () => {
  expect(shares("A * (m * pre)", "-(A * (m * pre))")).toEqual({
    sums: ["C0 = pre * A"],
    terms: [["m * C0"], ["-m * C0"]],
  });
  // What differs by column is constant along it.
  expect(shares("A * pre * post", "A * pre * m").terms).toEqual([["post * C0"], ["m * C0"]]);
});

it("leaves sums over rows alone that one output has to itself, or that are as many as the outputs", () => {
  const alone = { sums: [], terms: [[], []] };
  expect(shares("A * pre", "A * H")).toEqual(alone);
  expect(shares("A * pre * post + A * H * m", "A * pre - A * H")).toEqual(alone);
  const third = shares("A * pre", "A * H + A * pre", "m * A * pre");
  expect(third).toEqual({ sums: ["C0 = pre * A"], terms: [["1 * C0"], [], ["m * C0"]] });
});
