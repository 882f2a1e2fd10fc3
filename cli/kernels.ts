import { EngineDevice } from "../src/devices/engine/device.js";
import type { Machine } from "../src/devices/engine/machine.js";
import { sweepSpec } from "../src/devices/engine/sweepSpec.js";
import type { KernelModule } from "../src/devices/loops/module.js";
import { emitSweep } from "../src/devices/loops/sweep.js";
import { printLoops } from "../src/devices/loops/text.js";
import { deferred, type SweepSpec, sweepArguments } from "../src/devices/passes/sweep.js";
import { printPass } from "../src/devices/passes/text.js";
import { wasmTarget } from "../src/devices/wasm/features.js";
import { EngineMemory } from "../src/devices/wasm/memory.js";
import { Pool } from "../src/devices/wasm/pool.js";
import { printWat } from "../src/devices/wasm/wat.js";
import { experiments } from "../src/experiments/index.js";
import * as published from "../src/rules/index.js";
import { linearDecay, type Rule } from "../src/rules/index.js";
import { proceduralImages, syntheticCharacters } from "../src/tasks/index.js";
import { type Experiment, resolveOptions } from "../src/training/index.js";
import { buildModel } from "../src/training/options.js";
import { Trainer } from "../src/training/trainer.js";
import { codeOf, UsageError } from "./exitCodes.js";
import type { Io } from "./io.js";

export interface KernelsFlags {
  readonly pre: number;
  readonly post: number;
  readonly as: "pass" | "loop" | "wat";
}

const isRule = (value: unknown): value is Rule =>
  typeof value === "object" && value !== null && "weight" in value;
const rules = new Map(
  Object.values(published)
    .filter(isRule)
    .map((rule) => [rule.name, rule]),
);

/** Prints the kernels of a rule, for a connection of some size, or those that an experiment's first episode makes. */
export function kernels(name: string, { pre, post, as }: KernelsFlags, io: Io): number {
  if (typeof WebAssembly === "undefined") {
    throw new UsageError(
      "kernels: there is no WebAssembly here, whose kernels these are; start Node without --jitless",
    );
  }
  const rule = rules.get(name);
  const experiment = Object.hasOwn(experiments, name) ? experiments[name] : undefined;
  if (rule) {
    for (const spec of sweepsOf(rule, pre, post)) io.stdout.write(`${printed(spec, as)}\n`);
  } else if (experiment) {
    if (as === "pass")
      throw new UsageError(`kernels: --as pass is for a rule: ${[...rules.keys()].join(", ")}`);
    for (const module of modulesOf(experiment))
      io.stdout.write(`${as === "wat" ? printWat(module) : printLoops(module)}\n`);
  } else {
    throw new UsageError(
      `kernels: there is no rule and no experiment "${name}"; rules are ${[...rules.keys()].join(", ")}; ` +
        `experiments are ${Object.keys(experiments).join(", ")}`,
    );
  }
  return codeOf("ok");
}

/** What training makes of a rule: the sweep of a step, its update alone, and the way back. */
function sweepsOf(rule: Rule, pre: number, post: number): SweepSpec[] {
  const learns = rule.traces.length > 0;
  const target = wasmTarget();
  const late = deferred(rule);
  const wanted = Object.keys(rule.params).filter((key) => !late.includes(key));
  const forward = { direction: "forward", read: true, inverted: false, flush: false, wanted: [] } as const;
  const inverted = learns && linearDecay(rule) !== null;
  const kinds = [
    { ...forward, update: learns },
    ...(learns ? [{ ...forward, update: true, read: false }] : []),
    { ...forward, direction: "backward" as const, update: learns, wanted, inverted },
  ];
  return kinds.map((kind) => sweepSpec(rule, pre, post, kind, target));
}

function printed(spec: SweepSpec, as: KernelsFlags["as"]): string {
  if (as === "pass") return printPass(spec);
  const module = emitSweep(spec, wasmTarget());
  return as === "wat" ? printWat(module) : printLoops(module, sweepArguments(spec));
}

/** The modules that an experiment's first episode needs, in that order; with invented pictures where it needs some. */
function modulesOf(experiment: Experiment): KernelModule[] {
  const pool = new Pool(new EngineMemory(false));
  const modules: KernelModule[] = [];
  const { target, arena, programArea } = pool;
  const machine: Machine = {
    ...{ target, arena, programArea, threads: 1 },
    install: (module) => {
      modules.push(module as KernelModule);
      return pool.install(module);
    },
    run: (...program) => pool.run(...program),
    dispose: () => pool.dispose(),
  };
  const device = new EngineDevice({ kind: "wasm", threads: 1, why: "" }, machine);
  const invented = {
    pictures: () => ({ train: proceduralImages(1), test: proceduralImages(1) }),
    characters: () => ({ train: syntheticCharacters(0, 0, 40), test: syntheticCharacters(0, 40, 60) }),
  };
  const images = experiment.needsImages ? invented[experiment.needsImages]() : null;
  const options = resolveOptions(experiment, {});
  new Trainer(device, buildModel(experiment, { options, device, seed: 0, images })).train(0, 0);
  return modules;
}
