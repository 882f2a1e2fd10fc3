import { expect, it } from "vitest";
import { EngineDevice } from "../src/devices/engine/device.js";
import type { Machine } from "../src/devices/engine/machine.js";
import type { KernelModule } from "../src/devices/loops/module.js";
import { printLoops } from "../src/devices/loops/text.js";
import { EngineMemory } from "../src/devices/wasm/memory.js";
import { Pool } from "../src/devices/wasm/pool.js";
import { experiments } from "../src/experiments/index.js";
import { resolveOptions } from "../src/training/index.js";
import { buildModel } from "../src/training/options.js";
import { Trainer } from "../src/training/trainer.js";
import { episodeModules } from "./episodeModules.js";

it.each(["patterns-small", "copy-delay"])(
  "%s has the same kernels whether its first episode is computed or not",
  (name) => {
    const experiment = experiments[name]!;
    const pool = new Pool(new EngineMemory(false));
    const made: KernelModule[] = [];
    const machine: Machine = {
      ...{ target: pool.target, arena: pool.arena, programArea: pool.programArea, threads: 1 },
      install: (module) => {
        made.push(module as KernelModule);
        return pool.install(module);
      },
      run: (...program) => pool.run(...program),
      dispose: () => pool.dispose(),
    };
    const device = new EngineDevice({ kind: "wasm", threads: 1, why: "" }, machine);
    const options = resolveOptions(experiment, {});
    const model = buildModel(experiment, { options, device, seed: 0, images: null });
    const { loss } = new Trainer(device, model).train(0, 0);
    expect(loss).not.toBe(0);
    expect(episodeModules(experiment, pool.target).map(printLoops)).toEqual(made.map(printLoops));
  },
);
