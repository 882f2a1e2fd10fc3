import { EngineDevice } from "../src/devices/engine/device.js";
import type { Machine } from "../src/devices/engine/machine.js";
import type { KernelModule } from "../src/devices/loops/module.js";
import type { Target } from "../src/devices/loops/target.js";
import { programArea } from "../src/devices/wasm/layout.js";
import { EngineMemory } from "../src/devices/wasm/memory.js";
import { proceduralImages, syntheticCharacters, syntheticText } from "../src/tasks/index.js";
import { type Experiment, resolveOptions } from "../src/training/index.js";
import { buildModel } from "../src/training/options.js";
import { Trainer } from "../src/training/trainer.js";

/**
 * The modules that an experiment's first episode needs, in that order; with invented pictures where it needs some. Nothing is
 * computed: which kernels there are follows from shapes and parameters, whatever comes out of them. So they can be had for a
 * machine that is not here.
 */
export function episodeModules(experiment: Experiment, target: Target): KernelModule[] {
  const modules: KernelModule[] = [];
  let kernels = 0;
  const machine: Machine = {
    ...{ target, programArea, arena: new EngineMemory(false), threads: 1 },
    install: <Name extends string>(module: KernelModule<Name>) => {
      modules.push(module);
      const names = module.functions.flatMap(({ exported }) => exported ?? []);
      return Object.fromEntries(names.map((name) => [name, kernels++])) as Record<Name, number>;
    },
    run: () => {},
    dispose: async () => {},
  };
  const device = new EngineDevice({ kind: "wasm", threads: 1, why: "nothing is computed" }, machine);
  const invented = {
    pictures: () => ({ train: proceduralImages(1), test: proceduralImages(1) }),
    characters: () => ({ train: syntheticCharacters(0, 0, 40), test: syntheticCharacters(0, 40, 60) }),
    text: () => syntheticText(0),
  };
  const images = experiment.needsImages ? invented[experiment.needsImages]() : null;
  const options = resolveOptions(experiment, {});
  new Trainer(device, buildModel(experiment, { options, device, seed: 0, images })).train(0, 0);
  return modules;
}
