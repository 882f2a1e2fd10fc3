import { expect, test } from "vitest";
import { defineRule, oja, withRates } from "../../rules/index.js";
import { defineMap } from "../../tape/index.js";
import type { KernelModule } from "../loops/module.js";
import type { SweepKind } from "../passes/sweep.js";
import { wasmTarget } from "../wasm/features.js";
import { EngineMemory } from "../wasm/memory.js";
import { Kernels } from "./kernels.js";
import type { Machine } from "./machine.js";

/** The labels of kernels in the order in which they are installed; nothing runs. */
function counting(): { readonly kernels: Kernels; readonly installed: string[] } {
  const installed: string[] = [];
  const machine: Machine = {
    ...{ target: wasmTarget(), arena: new EngineMemory(false), threads: 1, programArea: { from: 0, to: 0 } },
    install: <Name extends string>(module: KernelModule<Name>) => {
      const names = module.functions.flatMap(({ exported }) => exported ?? []);
      for (const { exported, label } of module.functions) if (exported) installed.push(label);
      return Object.fromEntries(names.map((name, k) => [name, installed.length - names.length + k]));
    },
    run: () => {},
    dispose: async () => {},
  } as Machine;
  const kernels = new Kernels(machine);
  installed.length = 0;
  return { kernels, installed };
}

const kind: SweepKind = {
  ...{ pre: 5, post: 7, direction: "backward", update: true, read: true, inverted: false, flush: false },
  wanted: ["alpha"],
};

test("a kernel is made once for each pass, whoever asks for it", () => {
  const { kernels, installed } = counting();
  const { traces, params, weight, update } = oja.definition;
  const same = defineRule({ name: "the same by another name", traces, params: params!, weight, update });
  const first = kernels.sweep(oja, "a", () => kind);
  expect(kernels.sweep(oja, "a", () => kind)).toBe(first);
  expect(kernels.sweep(same, "a", () => kind)).toBe(first);
  expect(installed).toEqual(["sweep oja 5x7 backward"]);
  kernels.sweep(withRates(oja, { alpha: "layer" }), "a", () => kind);
  kernels.sweep(oja, "b", () => ({ ...kind, pre: 6 }));
  expect(installed).toHaveLength(3);
});

test("maps with the same formulas and shapes are one kernel", () => {
  const { kernels, installed } = counting();
  const made = () => defineMap(["z"], { y: "tanh(z)" }).forward;
  const shape = (accumulate: boolean) => () => ({ inputs: ["full"], outputs: ["full"], accumulate }) as const;
  const first = kernels.map(made(), "a", shape(false));
  expect(kernels.map(made(), "a", shape(false))).toBe(first);
  expect(kernels.map(made(), "b", shape(true))).not.toBe(first);
  expect(installed).toEqual(["map tanh(z)", "map tanh(z)"]);
});
