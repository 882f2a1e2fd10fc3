import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSmooth, isTame, names, randomFormula, randomValues } from "../../test/support/randomFormula.js";
import { runs } from "../../test/support/runs.js";
import { evaluate } from "./evaluate.js";
import { hoist } from "./hoist.js";
import { keyOf } from "./keys.js";
import { parseFormula } from "./parse.js";
import { print } from "./print.js";
import { type Rate, rateOf } from "./rates.js";
import type { Formula } from "./tree.js";

const RATES: Record<string, Rate> = { eta: "layer", m: "episode", pre: "pre", post: "post", H: "connection" };
const rateOfName = (name: string): Rate => RATES[name] ?? "connection";
const hoisted = (text: string) => print(hoist(parseFormula(text), rateOfName));

/** Arithmetic operations that are done once for every connection. */
function connectionWork(formula: Formula): number {
  if (formula.kind !== "call") return 0;
  const own = rateOf(formula, rateOfName) === "connection" ? 1 : 0;
  return formula.args.reduce((total, arg) => total + connectionWork(arg), own);
}

describe("hoist", () => {
  it("writes one product in one way, whatever the order of its factors", () => {
    for (const text of ["eta * pre * post", "post * eta * pre", "pre * (post * eta)", "eta * (pre * post)"]) {
      expect(hoisted(text)).toBe("eta * pre * post");
    }
  });

  it.each([
    ["H * post * m * pre * eta", "eta * m * pre * post * H"],
    ["eta * post * H", "eta * post * H"],
    ["pre * post * pre * post", "pre * pre * (post * post)"],
    ["H + pre + eta + post + m", "eta + m + pre + post + H"],
    ["H - eta * (pre * post)", "H - eta * pre * post"],
    ["H - pre - post", "H - pre - post"],
    ["H / eta", "1 / eta * H"],
    ["eta / H", "eta / H"],
    ["pre / post", "pre / post"],
    ["H * pre / 4", "0.25 * pre * H"],
    ["-(eta * pre * H)", "-eta * pre * H"],
    ["-H", "-H"],
    ["-H - pre * eta", "-eta * pre - H"],
    ["-(H - pre) * (pre - post)", "(pre - H) * (pre - post)"],
    ["tanh(H * eta * pre)", "tanh(eta * pre * H)"],
  ])("turns %s into %s", (text, expected) => {
    expect(hoisted(text)).toBe(expected);
  });

  it("does one multiplication a connection for a Hebbian product with a modulator", () => {
    expect(connectionWork(hoist(parseFormula("m * post * eta * pre"), rateOfName))).toBe(1);
  });

  it("keeps the value, up to rounding", () => {
    fc.assert(
      fc.property(randomFormula, randomValues, (formula, values) => {
        fc.pre(isTame(formula, values) && isSmooth(formula, values, 1e-7));
        expect(evaluate(hoist(formula, rateOfName), values)).toBeCloseTo(evaluate(formula, values), 7);
      }),
      { numRuns: runs(3000) },
    );
  });

  it("never adds work for a connection", () => {
    fc.assert(
      fc.property(randomFormula, (formula) => {
        expect(connectionWork(hoist(formula, rateOfName))).toBeLessThanOrEqual(connectionWork(formula));
      }),
      { numRuns: runs(3000) },
    );
  });

  it("changes nothing when done again", () => {
    fc.assert(
      fc.property(randomFormula, (formula) => {
        const once = hoist(formula, rateOfName);
        expect(keyOf(hoist(once, rateOfName))).toBe(keyOf(once));
      }),
    );
    expect(names.every((name) => RATES[name] !== undefined)).toBe(true);
  });
});
