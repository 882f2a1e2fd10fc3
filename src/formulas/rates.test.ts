import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseFormula } from "./parse.js";
import { joinRates, type Rate, rateOf, rates } from "./rates.js";

const anyRate = fc.constantFrom(...rates);
const rateOfName = (name: string) =>
  ({ eta: "layer", m: "episode", pre: "pre", post: "post", H: "connection" })[name] as Rate;

describe("joinRates", () => {
  it("is a least upper bound: idempotent, commutative, associative", () => {
    fc.assert(
      fc.property(anyRate, anyRate, anyRate, (a, b, c) => {
        expect(joinRates(a, a)).toBe(a);
        expect(joinRates(a, b)).toBe(joinRates(b, a));
        expect(joinRates(joinRates(a, b), c)).toBe(joinRates(a, joinRates(b, c)));
      }),
    );
  });

  it("orders layer < episode < pre, post < connection, with pre and post side by side", () => {
    expect(joinRates("layer", "episode")).toBe("episode");
    expect(joinRates("episode", "pre")).toBe("pre");
    expect(joinRates("episode", "post")).toBe("post");
    expect(joinRates("pre", "post")).toBe("connection");
    expect(joinRates("post", "connection")).toBe("connection");
  });
});

describe("rateOf", () => {
  it.each([
    ["2", "layer"],
    ["1 - eta", "layer"],
    ["eta * m", "episode"],
    ["tanh(eta * m * pre)", "pre"],
    ["where(m, post, eta)", "post"],
    ["eta * pre * post", "connection"],
    ["clip(H, -1, 1)", "connection"],
  ])("finds for %s the rate %s", (text, rate) => {
    expect(rateOf(parseFormula(text), rateOfName)).toBe(rate);
  });
});
