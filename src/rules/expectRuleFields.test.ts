import { describe, expect, test } from "vitest";
import { defineRule, oja, withRates } from "./index.js";

const outstar = {
  name: "outstar",
  traces: { H: 0 },
  params: { eta: { per: "layer", init: 0.1 } },
  weight: "w + alpha * H",
  update: { H: "H + eta * pre * (post - pre * H)" },
};

describe("defineRule", () => {
  test.each([
    [
      undefined,
      "defineRule: expected { name, traces, weight, update }, and what else the rule has, got undefined",
    ],
    [
      "H + pre",
      'defineRule: expected { name, traces, weight, update }, and what else the rule has, got "H + pre"',
    ],
    [{}, 'defineRule: name must be a text such as "outstar", got undefined'],
    [{ ...outstar, name: 3 }, 'defineRule: name must be a text such as "outstar", got 3'],
    [
      { ...outstar, traces: undefined },
      'rule "outstar": traces must be an object such as { H: 0 }, or {} for none, got undefined',
    ],
    [
      { ...outstar, traces: ["H"] },
      'rule "outstar": traces must be an object such as { H: 0 }, or {} for none, got an array',
    ],
    [{ ...outstar, weight: 3 }, 'rule "outstar": weight must be a text such as "w + alpha * H", got 3'],
    [{ ...outstar, update: "H" }, 'rule "outstar": update must be an object such as '],
    [
      { ...outstar, update: { H: 3 } },
      'rule "outstar": update of H must be a formula such as "H + eta * pre * post", got 3',
    ],
    [
      { ...outstar, signals: null },
      'rule "outstar": signals must be an object such as { m: "episode" }, got null',
    ],
    [
      { ...outstar, updates: {} },
      'rule "outstar": there is no field "updates"; there are name, source, traces, params, signals, reads, weight, update; did you mean "update"?',
    ],
  ])("refuses %j in words", (definition, message) => {
    expect(() => defineRule(definition as never)).toThrow(TypeError);
    expect(() => defineRule(definition as never)).toThrow(message);
  });

  test("takes what may be left out as left out", () => {
    const whole = defineRule(outstar as never);
    expect(defineRule({ ...outstar, signals: undefined, reads: undefined } as never)).toMatchObject({
      params: whole.params,
      update: whole.update,
    });
  });
});

test("withRates refuses a rate that there is not", () => {
  expect(() => withRates(oja, { eta: "pree" as never })).toThrow(
    'withRates: eta of rule "oja" cannot be shared per "pree"; take one of layer, pre, post, connection; did you mean "pre"?',
  );
});
