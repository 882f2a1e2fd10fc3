import type { Experiment } from "../../src/training/index.js";
import { UsageError } from "../exitCodes.js";
import { experimentNamed } from "../experimentNamed.js";
import type { Io } from "../io.js";
import type { OwnModule } from "./loadModule.js";
import { findModule, type ModuleRecords, noteChanged } from "./moduleRecord.js";
import { loadExperiment } from "./ownExperiment.js";

/** Where a trained network comes from. */
export interface Origin {
  /** The run folder or model file. */
  readonly path: string;
  readonly experiment: string;
  /** Of a run. */
  readonly modules?: ModuleRecords;
  /** Of a model file whose experiment was somebody's own: the name of its module. */
  readonly moduleName?: string;
}

/** An experiment, and the module that it comes from, if it is somebody's own. */
export interface FoundExperiment {
  readonly experiment: Experiment;
  readonly modules: readonly OwnModule[];
}

/**
 * The experiment that a trained network belongs to: one of ours, or that of the module it was trained with, which `given`
 * says where to find if it lies elsewhere now. A module that has changed since is used, and that is said.
 *
 * @throws UsageError where no experiment is known, ModuleError where its module cannot be used
 */
export async function experimentOf(
  { path, experiment: name, modules, moduleName }: Origin,
  given: string | undefined,
  io: Pick<Io, "stderr">,
): Promise<FoundExperiment> {
  const record = modules?.experiment;
  if (given === undefined && !record && moduleName === undefined) {
    return { experiment: experimentNamed(name), modules: [] };
  }
  if (given === undefined && !record) {
    throw new UsageError(
      `${path}: was trained by an experiment of somebody's own, "${name}", of the module ${moduleName}, and a model file does ` +
        "not hold that: give it with --experiment <module>",
    );
  }
  const cure = "say where it is with --experiment <module>";
  const found = record && findModule(record, path, cure, given);
  if (found) noteChanged(found, io);
  const { experiment, module } = await loadExperiment(found?.path ?? given!);
  if (experiment.name !== name) {
    throw new UsageError(
      `${path}: was trained by the experiment "${name}", and ${given} is "${experiment.name}"`,
    );
  }
  return { experiment, modules: [module] };
}
