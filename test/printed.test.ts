import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, test } from "vitest";
import { sweepBlock } from "../src/devices/engine/sweepBlock.js";
import { schedule } from "../src/devices/loops/schedule.js";
import type { Target } from "../src/devices/loops/target.js";
import { printLoops } from "../src/devices/loops/text.js";
import { prelude } from "../src/devices/native/prelude.js";
import { printC } from "../src/devices/native/printC.js";
import { mapPass } from "../src/devices/passes/map.js";
import { sweepPass } from "../src/devices/passes/sweep.js";
import { printPass } from "../src/devices/passes/text.js";
import {
  clippedHebb,
  decayingHebb,
  fanOutModulation,
  fastWeights,
  gatedOja,
  kimiDelta,
  oja,
  pairTraces,
  type Rule,
  retroactive,
} from "../src/rules/index.js";
import { defineMap } from "../src/tape/index.js";

/*
 * What kernels look like, so that a change of what is computed, or of how, can be read. Recorded anew with
 * `npx vitest run --project unit -u test/printed.test.ts`.
 */
const target: Target = { lanes: 4, registers: 12, wordBytes: 4, fma: true, exact: false };
const forward = {
  direction: "forward",
  update: true,
  read: true,
  inverted: false,
  flush: false,
  wanted: [],
} as const;
const backwardOf = (rule: Rule) => ({
  ...{ ...forward, direction: "backward" as const },
  wanted: Object.keys(rule.params).sort(),
});

it.each([
  clippedHebb,
  decayingHebb,
  oja,
  retroactive,
  fanOutModulation,
  fastWeights,
  kimiDelta,
  gatedOja,
  pairTraces,
])("the passes of $name", async (rule) => {
  const inverted = rule === decayingHebb;
  const { updateReads: reads } = rule;
  const kinds = [
    { ...forward, reads },
    { ...backwardOf(rule), reads, inverted },
  ];
  const text = kinds.map((kind) => printPass(sweepPass(rule, { pre: 100, post: 60, ...kind }))).join("\n");
  await expect(text).toMatchFileSnapshot(`recorded/printed/pass-${rule.name}.txt`);
});

const sweep = (rule: Rule, pre: number, post: number, backward: boolean, on = target) => {
  const { updateReads: reads } = rule;
  const pass = sweepPass(rule, { pre, post, reads, ...(backward ? backwardOf(rule) : forward) });
  return schedule(pass, on, sweepBlock(pass, on));
};
const formula = defineMap(["z", "b"], { y: "tanh(z + b)" });
const mapForward = (on: Target) =>
  schedule(
    mapPass(formula.forward, { inputs: ["full", "row"], outputs: ["full"], accumulate: false }),
    on,
    null,
  );
const mapBackward = () =>
  schedule(
    mapPass(formula.backward, { inputs: ["full", "full"], outputs: ["full", "row"], accumulate: true }),
    target,
    null,
  );

it.each([
  ["sweep-oja-forward", () => sweep(oja, 4, 4, false)],
  ["sweep-oja-backward", () => sweep(oja, 4, 4, true)],
  ["sweep-clippedHebb-tail", () => sweep(clippedHebb, 3, 5, true)],
  ["sweep-decayingHebb-16-lanes", () => sweep(decayingHebb, 4, 24, false, { ...target, lanes: 16 })],
  ["sweep-kimiDelta-forward", () => sweep(kimiDelta, 4, 4, false)],
  ["sweep-kimiDelta-backward", () => sweep(kimiDelta, 4, 4, true)],
  ["map-tanh", () => mapForward(target)],
  ["map-tanh-backward", mapBackward],
] as const)("the loops of %s", async (name, emit) => {
  await expect(printLoops(emit())).toMatchFileSnapshot(`recorded/printed/${name}.txt`);
});

it.each([
  ["sweep-oja-forward", 4, (on: Target) => sweep(oja, 4, 4, false, on)],
  ["sweep-oja-backward", 4, (on: Target) => sweep(oja, 4, 4, true, on)],
  ["sweep-clippedHebb-tail", 8, (on: Target) => sweep(clippedHebb, 3, 11, true, on)],
  ["map-tanh", 8, mapForward],
] as const)("the C of %s, for %i lanes", async (name, lanes, emit) => {
  const native = { ...target, lanes, wordBytes: 8 };
  const text = printC(emit(native));
  const common = prelude(native);
  expect(text.startsWith(common)).toBe(true);
  await expect(text.slice(common.length)).toMatchFileSnapshot(`recorded/printed/${name}.c`);
});

const inLoops = / {4}\/\/ (.*)$/gm;
const inC = /; \/\* (.*) \*\/$/gm;
const said = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, about]) => about);

it.each([clippedHebb, decayingHebb, oja, retroactive, fanOutModulation, fastWeights])(
  "C says of every value of $name what the loops say, line by line, and knows arguments by the same names",
  (rule) => {
    for (const backward of [false, true]) {
      const module = sweep(rule, 5, 7, backward);
      const c = printC(module);
      const loops = printLoops(module);
      const lines = c.split("\n");
      const isArgument = (line: string) => line.startsWith("  const ");
      const formulas = said(lines.filter((line) => !isArgument(line)).join("\n"), inC);
      expect(formulas).toEqual(said(loops, inLoops));
      expect(formulas.length).toBeGreaterThan(5);
      const names = said(lines.filter(isArgument).join("\n"), inC);
      for (const name of names) expect(loops).toContain(`args.${name}`);
      expect(names).toEqual(expect.arrayContaining(["byRows", "x"]));
    }
  },
);

test("docs/kernels.md shows kernels as they are printed", () => {
  const page = readFileSync(join(import.meta.dirname, "../docs/kernels.md"), "utf8");
  const native = { ...target, lanes: 8, wordBytes: 8 };
  const kind = { ...backwardOf(oja), wanted: Object.keys(oja.params).filter((key) => key !== "w") };
  const forms = [
    [/^pass sweep oja/, printPass(sweepPass(oja, { pre: 100, post: 100, ...kind }))],
    [/^for i/, printLoops(sweep(oja, 100, 100, false))],
    [/^\/\* sweep oja/, printC(sweep(oja, 100, 100, false, native))],
  ] as const;
  const blocks = [...page.matchAll(/^```c?\n([\s\S]*?)^```$/gm)].map(([, block]) => block!);
  for (const [first, printed] of forms) {
    const shown = blocks.find((block) => first.test(block))!.split("\n");
    const lines = printed.split("\n").map((line) => line.trim().replace(/^__attribute__\S+ /, ""));
    for (const line of shown) if (line.trim() !== "...") expect(lines).toContain(line.trim());
  }
});
