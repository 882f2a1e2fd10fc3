import { expect, it } from "vitest";
import { clippedHebb, kimiDelta } from "../../rules/index.js";
import type { Rule } from "../../rules/rule.js";
import type { Target } from "../loops/target.js";
import { type SweepKind, sweepPass } from "../passes/sweep.js";
import { sweepBlock } from "./sweepBlock.js";

const target = (lanes: number): Target => ({ lanes, registers: 16, wordBytes: 4, fma: true, exact: false });
const block = (rule: Rule, size: number, lanes: number, kind: Partial<SweepKind>) => {
  const asked = { direction: "forward", update: true, read: true, flush: false, inverted: false } as const;
  const wanted = kind.direction === "backward" ? Object.keys(rule.params) : [];
  return sweepBlock(sweepPass(rule, { ...asked, pre: size, post: size, wanted, ...kind }), target(lanes));
};

it("takes more rows at once with wide vectors, on the way back while six matrices fit a core's own cache", () => {
  const backward = (size: number, lanes: number) =>
    block(clippedHebb, size, lanes, { direction: "backward" });
  expect([51, 100, 128].map((size) => backward(size, 8).rows)).toEqual([2, 2, 2]);
  expect([129, 256, 1000].map((size) => backward(size, 8).rows)).toEqual([1, 1, 1]);
  expect([51, 100, 1000].map((size) => backward(size, 4).rows)).toEqual([1, 1, 1]);
  expect(block(clippedHebb, 100, 8, {}).rows).toBe(4);
  expect(block(clippedHebb, 100, 4, {}).rows).toBe(2);
  expect(block(clippedHebb, 100, 8, { read: false }).rows).toBe(2);
});

it("takes a single row of matrices that no core's cache holds, forward", () => {
  for (const lanes of [4, 8, 16]) {
    expect(block(clippedHebb, 1000, lanes, {}).rows).toBe(1);
    expect(block(clippedHebb, 1000, lanes, { read: false }).rows).toBe(1);
  }
});

it("takes two rows back of what has more along a row than matrices, with wide vectors, at any size", () => {
  const kind = { direction: "backward", reads: kimiDelta.updateReads } as const;
  for (const size of [64, 512]) expect(block(kimiDelta, size, 8, kind)).toEqual({ rows: 2, width: 1 });
});
