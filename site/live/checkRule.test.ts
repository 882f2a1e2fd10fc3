import { describe, expect, it } from "vitest";
import { checkRule } from "./checkRule.js";

const oja = `defineRule({
  name: "oja",
  traces: { H: 0 },
  params: { eta: { per: "layer", init: 0.01 } },
  weight: "w + alpha * H",
  update: { H: "H + eta * post * (pre - post * H)" },
})`;

/** The problem as the page shows it. */
const shown = (code: string): string => {
  const checked = checkRule(code);
  return checked.ok ? "" : `${checked.problem}\n${checked.line}\n${" ".repeat(checked.column)}^`;
};

describe("a rule that is typed", () => {
  it("is checked by the library, and differentiated", () => {
    const checked = checkRule(oja);
    expect(checked.ok && checked.derivatives).toContainEqual({ of: "weight", by: "alpha", formula: "H" });
    expect(checked.ok && checked.derivatives.map(({ of, by }) => `${of} ${by}`)).toEqual([
      "weight w",
      "weight alpha",
      "weight H",
      "H H",
      "H eta",
      "H post",
      "H pre",
    ]);
  });

  it("with a mistake in an equation gets a caret under it", () => {
    expect(shown(oja.replace("eta * post", "etta * post"))).toContain(
      'did you mean "eta"?\nH + etta * post * (pre - post * H)\n    ^',
    );
  });

  it("with a mistake around the equations gets a caret under that", () => {
    expect(shown(oja.replace("{ H: 0 }", "{ H 0 }"))).toBe("expected :\n  traces: { H 0 },\n              ^");
  });

  it.each([
    ["no name", oja.replace(/ {2}name.*\n/, "")],
    ["no weight", oja.replace(/ {2}weight.*\n/, "")],
    ["no traces", oja.replace(/ {2}traces.*\n/, "")],
    ["no update", oja.replace(/ {2}update.*\n/, "")],
    ["a number for a weight", oja.replace('"w + alpha * H"', "3")],
    ["text for traces", oja.replace("{ H: 0 }", '"H"')],
    ["a number for params", oja.replace(/params.*/, "params: 3,")],
  ])("with %s is an error that says what is expected", (_, code) => {
    const checked = checkRule(code);
    expect(checked.ok).toBe(false);
    expect(!checked.ok && checked.problem).toMatch(/^expected the part \w+: /);
  });
});
