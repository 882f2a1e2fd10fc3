import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSmooth, isTame, randomFormula, randomValues } from "../../test/support/randomFormula.js";
import { runs } from "../../test/support/runs.js";
import { evaluate, namesIn, print } from "../formulas/index.js";
import { clippedHebb, decayingHebb, defineRule, linearDecay, nonplastic, oja, withRates } from "./index.js";

/** A rule with the update of H given. */
const rule = (update: string) =>
  defineRule({
    name: "test",
    traces: { H: 0 },
    params: { eta: { per: "layer", init: 0.1 }, tau: { per: "post", init: 1 } },
    signals: { m: "episode" },
    weight: "w + alpha * H",
    update: { H: update },
  });

const printed = (update: string) => {
  const found = linearDecay(rule(update));
  return found && [print(found.factor), print(found.rest)];
};

describe("linearDecay", () => {
  it("splits the decaying Hebbian update", () => {
    const { factor, rest } = linearDecay(decayingHebb)!;
    expect([print(factor), print(rest)]).toEqual(["1 - eta", "eta * pre * post"]);
  });

  it.each([
    ["H + m * pre * post", "1", "m * pre * post"],
    ["eta * (pre * post - H) + H", "1 - eta", "pre * post * eta"],
    ["H - eta * H", "1 - eta", "0"],
    ["-(H - pre) / 2", "-0.5", "pre / 2"],
    ["clip(eta, 0, 1) * H + clip(pre, 0, 1)", "clip(eta, 0, 1)", "clip(pre, 0, 1)"],
    ["pre * post", "0", "pre * post"],
  ])("writes %s as (%s) * H + %s", (update, factor, rest) => {
    expect(printed(update)).toEqual([factor, rest]);
  });

  it.each([
    "H * H",
    "tanh(H)",
    "1 / H",
    "clip(H, -1, 1)",
    "where(H, H, pre)",
    "(1 - tau) * H",
    "(1 - m) * H",
    "(1 - pre) * H",
    "w * H",
  ])("finds no layer-wide factor in %s", (update) => {
    expect(linearDecay(rule(update))).toBeNull();
  });

  it("finds none in Oja's rule, in a clipped one, and where there is no trace or more than one", () => {
    expect([oja, clippedHebb, nonplastic].map(linearDecay)).toEqual([null, null, null]);
    const two = defineRule({
      name: "two",
      traces: { H: 0, E: 0 },
      weight: "w + H",
      update: { H: "H", E: "E" },
    });
    expect(linearDecay(two)).toBeNull();
  });

  it("finds none once eta differs between connections", () => {
    expect(linearDecay(withRates(decayingHebb, { eta: "connection" }))).toBeNull();
  });

  it("splits random updates into parts that add up to them", () => {
    let linear = 0;
    fc.assert(
      fc.property(randomFormula, randomFormula, randomValues, (a, b, values) => {
        fc.pre([a, b].every((part) => isTame(part, values) && isSmooth(part, values, 1e-6)));
        const update = `H * (${print(a)}) + (${print(b)})`;
        const found = linearDecay(rule(update));
        if (!found) return;
        linear++;
        const { factor, rest } = found;
        expect([...namesIn(factor), ...namesIn(rest)]).not.toContain("H");
        const {
          update: { H },
        } = rule(update);
        expect(evaluate(factor, values) * values.H! + evaluate(rest, values)).toBeCloseTo(
          evaluate(H!, values),
          6,
        );
      }),
      { numRuns: runs(1500) },
    );
    expect(linear).toBeGreaterThan(20);
  });
});
