import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { CaseResult } from "../bench/measure.js";
import { merged, type Report, table } from "../bench/report.js";
import { median, quantile, spread } from "../bench/statistics.js";

const folder = mkdtempSync(join(tmpdir(), "hebbian-bench-"));
afterAll(() => rmSync(folder, { recursive: true }));

const peer = { ms: 20, ratio: 2, threads: 1, peakMB: 10, spread: 0.1, about: "-O3" };
const result = (name: string, ms: number, more: Partial<CaseResult> = {}): CaseResult =>
  ({
    ...{ case: name, device: "native", commit: "abc", threads: 2, ms, spread: 0, peakMB: 1 },
    ...{ about: "hebbian: C by gcc, 256-bit vectors", peers: { native: peer }, ...more },
  }) as CaseResult;
const report = (cases: CaseResult[], machine = "one"): Report => ({ machine, node: "v1", cases });

test("a report takes the place of the cases that it has in a file, and keeps the others", () => {
  const file = join(folder, "results.json");
  expect(merged(report([result("a", 1)]), file).cases.map(({ case: name }) => name)).toEqual(["a"]);
  writeFileSync(file, JSON.stringify(report([result("a", 1), result("b", 2)])));
  const { cases } = merged(report([result("b", 5), result("c", 3)]), file);
  expect(cases.map((each) => [each.case, "ms" in each && each.ms])).toEqual([
    ["a", 1],
    ["b", 5],
    ["c", 3],
  ]);
  expect(() => merged(report([], "two"), file)).toThrow(/is of one, Node v1; here it is two.*another --out/);
});

test("a table says C for the hand-written peer, on what ours computed, and with what vectors", () => {
  const text = table(report([result("a", 10)]));
  expect(text).toMatch(/^a +hebbian, native +2 +10\.0/m);
  expect(text).toMatch(/^ +C +1 +20\.0 .* 2\.00$/m);
  expect(text).not.toMatch(/^ +native/m);
  expect(text).toContain("256-bit vectors");
});

test("quantiles lie between the values", () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(quantile([0, 10], 0.25)).toBe(2.5);
  expect(spread([1, 2, 3])).toBe(0.5);
});
