import { expect, test } from "vitest";
import { decayingHebb, defineRule, oja, withRates } from "../../rules/index.js";
import { defineMap, defineRowMap } from "../../tape/index.js";
import { mapPass } from "./map.js";
import { keyOfPass } from "./pass.js";
import { type SweepKind, sweepPass } from "./sweep.js";
import { printPass } from "./text.js";

const kind: SweepKind = {
  ...{ pre: 4, post: 6, direction: "backward", update: true, read: true, inverted: false, flush: false },
  wanted: ["alpha", "eta"],
};
const keyOf = (rule = oja, part: Partial<SweepKind> = {}) => keyOfPass(sweepPass(rule, { ...kind, ...part }));

test("passes that compute the same have one key, whatever their rules are called", () => {
  const { traces, params, weight, update } = oja.definition;
  const again = defineRule({ name: "another name", traces, params: params!, weight, update });
  expect(keyOf(again)).toBe(keyOf());
  // Nothing is wanted forward, and nothing can be wanted of what no formula names.
  expect(keyOf(oja, { direction: "forward", wanted: [] })).toBe(keyOf(oja, { direction: "forward" }));
});

test("passes that differ in anything that is computed have keys of their own", () => {
  const keys = [
    keyOf(),
    keyOf(decayingHebb),
    keyOf(decayingHebb, { inverted: true }),
    keyOf(withRates(oja, { alpha: "layer" })),
    keyOf(oja, { pre: 5 }),
    keyOf(oja, { post: 5 }),
    keyOf(oja, { direction: "forward" }),
    keyOf(oja, { update: false }),
    keyOf(oja, { read: false }),
    keyOf(oja, { flush: true }),
    keyOf(oja, { wanted: ["eta"] }),
  ];
  expect(new Set(keys).size).toBe(keys.length);
});

test("a map is a pass whose columns and rows are told when it runs", () => {
  const { forward } = defineMap(["z", "b", "g"], { y: "tanh(z + b) * g" });
  const pass = mapPass(forward, { inputs: ["full", "row", "single"], outputs: ["column"], accumulate: true });
  expect(pass.axes).toEqual({ episode: null, pre: null, post: null });
  expect(printPass(pass)).toBe(
    [
      "pass map tanh(z + b) * g",
      "  takes z    // every connection",
      "  takes b    // every post",
      "  takes g    // the layer",
      "  output:0 += tanh(z + b) * g    // every pre",
      "",
    ].join("\n"),
  );
});

test("a map that needs its whole row names what it needs, and what its wanted outputs do not need is not there", () => {
  const { recorded } = defineRowMap({
    inputs: ["x", "b"],
    reductions: { m: { max: "x" }, s: { sum: "exp(x - m)" }, t: { sum: "x * b" } },
    outputs: { y: "exp(x - m) / s" },
    rowOutputs: { z: "t" },
  });
  const shape = { inputs: ["full", "row"], accumulate: false } as const;
  const pass = mapPass(recorded, { ...shape, outputs: ["full"], rowOutputs: [false, true, false, false] });
  expect(printPass(pass)).toBe(
    [
      "pass map exp(x - m) / s, m",
      "  takes x    // every connection",
      "  takes b    // every post",
      "  m = x    // the largest of a row, before its outputs",
      "  s = exp(x - m)    // summed along a row, before its outputs",
      "  output:0 <- exp(x - m) / s    // every connection",
      "  output:1 <- m    // every pre",
      "",
    ].join("\n"),
  );
  const other = mapPass(recorded, { ...shape, outputs: ["full"], rowOutputs: [true, true, false, false] });
  expect(keyOfPass(other)).not.toBe(keyOfPass(pass));
});

test("a map that adds, and one that does not, are two passes; sums over rows always add", () => {
  const { forward } = defineMap(["x"], { y: "x * x" });
  const key = (extent: "full" | "row", accumulate: boolean) =>
    keyOfPass(mapPass(forward, { inputs: ["full"], outputs: [extent], accumulate }));
  expect(key("full", true)).not.toBe(key("full", false));
  expect(key("row", true)).toBe(key("row", false));
});
