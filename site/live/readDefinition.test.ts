import { describe, expect, it } from "vitest";
import { DefinitionError, readDefinition } from "./readDefinition.js";

/** Where reading stops: the text with a caret put in. */
function caret(code: string): string {
  try {
    readDefinition(code);
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error;
    return `${code.slice(0, error.at)}^${code.slice(error.at)}: ${error.problem}`;
  }
  return "nothing wrong";
}

describe("the definition in a program's text", () => {
  it("is read with its comments, quotes of any kind and commas at the end", () => {
    const code = `// a rule
      import { defineRule } from "hebbian";
      export const mine = defineRule({
        name: 'mine', /* with a comment, and { */
        "traces": { H: 0, E: -1.5e-3, },
        params: { eta: { per: "layer", init: .1 } },
        weight: "w + alpha * H", // and another: }
        update: { H: \`H
          + eta\`, E: "E" },
      });`;
    expect(readDefinition(code)).toEqual({
      name: "mine",
      traces: { H: 0, E: -0.0015 },
      params: { eta: { per: "layer", init: 0.1 } },
      weight: "w + alpha * H",
      update: { H: "H\n          + eta", E: "E" },
    });
  });

  it.each([
    ["const a = 1;", "^const a = 1;: expected defineRule({ ... })"],
    ["defineRule({ a: 1 b: 2 })", "defineRule({ a: 1 ^b: 2 }): expected , or }"],
    ['defineRule({ a: "x\n" })', 'defineRule({ a: ^"x\n" }): the text that begins here has no end'],
    ["defineRule({ a: 1, a: 2 })", "defineRule({ a: 1, ^a: 2 }): a stands here twice"],
    ["defineRule({ a: 1 }", "defineRule({ a: 1 }^: expected )"],
    ["defineRule({ a 1 })", "defineRule({ a ^1 }): expected :"],
    ["defineRule({ a: init() })", "defineRule({ a: ^init() }): expected {, a number or text in quotes"],
    ['defineRule({ a: "\\n" })', 'defineRule({ a: "^\\n" }): no backslash may stand in the text'],
    ["defineRule({ [a]: 1 })", "defineRule({ ^[a]: 1 }): expected a name"],
  ])("%j is an error at the character where it goes wrong", (code, expected) => {
    expect(
      caret(code)
        .replace(")^:", ")^:")
        .replace(/\)(: )/, "$1"),
    ).toBe(expected.replace(/\)(: )/, "$1"));
  });

  it("reads __proto__ as a name like any other, and changes nobody's prototype", () => {
    const { params } = readDefinition(
      'defineRule({ name: "a", traces: {}, weight: "w", update: {}, params: { __proto__: { polluted: 1 } } })',
    );
    expect(Object.keys(params!)).toEqual(["__proto__"]);
    expect((params as { polluted?: unknown }).polluted).toBeUndefined();
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});
