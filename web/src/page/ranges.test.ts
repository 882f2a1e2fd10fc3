import { describe, expect, it } from "vitest";
import { ranges, within } from "./ranges.js";

describe("a number from an address or a box", () => {
  it("is taken where its slider could have made it", () => {
    expect(within("0.02", ranges.eta, 0)).toBe(0.02);
    expect(within("0", ranges.eta, 0.01)).toBe(0);
    expect(within(7, ranges.seed, 15)).toBe(7);
  });

  it.each([
    ["eta", "50"],
    ["eta", "-1"],
    ["eta", "NaN"],
    ["delay", "2e7"],
    ["presentations", "1e6"],
    ["presentations", "0"],
    ["seed", "1.5"],
    ["seed", "-3"],
    ["seed", ""],
    ["seed", null],
    ["seed", undefined],
    ["neuron", "1024"],
    ["etaStart", "Infinity"],
  ] as const)("is the usual one where no slider could: %s=%s", (key, value) => {
    expect(within(value, ranges[key], 3)).toBe(3);
  });
});
