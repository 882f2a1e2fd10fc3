import { expect, it } from "vitest";
import { sweepSpec } from "../src/devices/engine/sweepSpec.js";
import { emitMap } from "../src/devices/loops/map.js";
import type { KernelModule } from "../src/devices/loops/module.js";
import { emitSweep } from "../src/devices/loops/sweep.js";
import type { Target } from "../src/devices/loops/target.js";
import { printLoops } from "../src/devices/loops/text.js";
import { sweepArguments } from "../src/devices/passes/sweep.js";
import { printPass } from "../src/devices/passes/text.js";
import {
  clippedHebb,
  decayingHebb,
  fanOutModulation,
  fastWeights,
  oja,
  type Rule,
  retroactive,
} from "../src/rules/index.js";
import { defineMap } from "../src/tape/index.js";

/*
 * What kernels look like, so that a change of what is computed, or of how, can be read. Recorded anew with
 * `npx vitest run --project unit -u test/printed.test.ts`.
 */
const target: Target = { lanes: 4, wordBytes: 4, fma: true, exact: false };
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

it.each([clippedHebb, decayingHebb, oja, retroactive, fanOutModulation, fastWeights])(
  "the passes of $name",
  async (rule) => {
    const inverted = rule === decayingHebb;
    const kinds = [forward, { ...backwardOf(rule), inverted }];
    const text = kinds.map((kind) => printPass(sweepSpec(rule, 100, 60, kind, target))).join("\n");
    await expect(text).toMatchFileSnapshot(`recorded/printed/pass-${rule.name}.txt`);
  },
);

const sweep = (rule: Rule, pre: number, post: number, backward: boolean, lanes = 4) => {
  const spec = sweepSpec(rule, pre, post, backward ? backwardOf(rule) : forward, { ...target, lanes });
  return printLoops(emitSweep(spec, { ...target, lanes }), sweepArguments(spec));
};
const map = (module: KernelModule) => printLoops(module);
const formula = defineMap(["z", "b"], { y: "tanh(z + b)" });

it.each([
  ["sweep-oja-forward", () => sweep(oja, 4, 4, false)],
  ["sweep-oja-backward", () => sweep(oja, 4, 4, true)],
  ["sweep-clippedHebb-tail", () => sweep(clippedHebb, 3, 5, true)],
  ["sweep-decayingHebb-16-lanes", () => sweep(decayingHebb, 4, 24, false, 16)],
  [
    "map-tanh",
    () =>
      map(
        emitMap(formula.forward, { inputs: ["full", "row"], outputs: ["full"], accumulate: false }, target),
      ),
  ],
  [
    "map-tanh-backward",
    () =>
      map(
        emitMap(
          formula.backward,
          { inputs: ["full", "full"], outputs: ["full", "row"], accumulate: true },
          target,
        ),
      ),
  ],
])("the loops of %s", async (name, print) => {
  await expect(print()).toMatchFileSnapshot(`recorded/printed/${name}.txt`);
});
