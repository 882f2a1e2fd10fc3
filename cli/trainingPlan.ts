import { existsSync } from "node:fs";
import { mostThreads } from "../src/devices/cores.js";
import type { InitOptions } from "../src/devices/init.js";
import { type Experiment, resolveOptions, usualEpisodes } from "../src/training/index.js";
import { dataFor, expectSourceOf, loadData } from "./data.js";
import { UsageError } from "./exitCodes.js";
import { FileError } from "./files.js";
import { type DeviceFlags, deviceOf, givenOptions } from "./flags.js";
import { allowFlag } from "./goingOn.js";
import type { LoadedData } from "./loadedImages.js";
import type { OwnModule } from "./ownModules/loadModule.js";
import { type ModuleChange, recordOf } from "./ownModules/moduleRecord.js";
import { loadRules, resumedModules } from "./ownModules/plannedModules.js";
import { type RunConfig, RunFolder } from "./runFolder.js";
import { shownOption } from "./shownOption.js";
import { expectSamePictures } from "./trainedPictures.js";

/** A training command, read and checked. */
export interface TrainingPlan {
  readonly folder: RunFolder;
  readonly experiment: Experiment;
  /** The modules of somebody's own that it is made of. */
  readonly modules: readonly OwnModule[];
  /** Modules that are others than the run began with, which is allowed then. */
  readonly changes: readonly Omit<ModuleChange, "episode">[];
  /** What device and threads came out is known, and written down, once the device runs. */
  readonly config: Omit<RunConfig, "device" | "threads">;
  readonly images: LoadedData | null;
  readonly device: InitOptions;
  /** True: go on in the folder. False: the folder must be new. */
  readonly resume: boolean;
  /** Going on with another device, other threads or vectors of another width is allowed; bits will differ. */
  readonly allowOtherDevice: boolean;
  /** Whether figures are drawn at the end. */
  readonly figures: boolean;
}

/** The flags of `train` beside the experiment's own options; absent where not given. */
export interface TrainFlags extends Readonly<Record<string, unknown>>, DeviceFlags {
  readonly seed?: number;
  readonly episodes?: number;
  readonly checkpointEvery?: number;
  readonly data?: string;
  readonly out?: string;
  readonly resume?: string;
  readonly allowChangedModule?: boolean;
  readonly allowOtherDevice?: boolean;
  readonly json?: boolean;
  readonly tensorboard?: boolean;
  /** False with --no-figures. */
  readonly figures?: string | boolean;
}

/** One of our experiments, or one of somebody's own with the module that it comes from. */
export interface ChosenExperiment {
  readonly experiment: Experiment;
  readonly module: OwnModule | null;
}

/** Checkpoints of a run that does not say otherwise: one in so many episodes, but no more than 200 in all. */
const CHECKPOINT_EVERY = 100;
const MOST_CHECKPOINTS = 200;

/** Throws UsageError, OptionsError, DataError or ModuleError. */
export async function freshPlan(chosen: ChosenExperiment, flags: TrainFlags): Promise<TrainingPlan> {
  const { experiment, module } = chosen;
  for (const [given, flag] of [
    [flags.allowOtherDevice, allowFlag],
    [flags.allowChangedModule, "--allow-changed-module"],
  ] as const) {
    if (given)
      throw new UsageError(`${flag} is for a run that goes on; give --resume <folder>, or leave it out`);
  }
  const { seed = 0 } = flags;
  const given = await loadRules(experiment, givenOptions(experiment, flags));
  const options = resolveOptions(experiment, given.options);
  const data = dataFor(experiment, flags.data);
  const images = loadData(experiment, data);
  const episodes = flags.episodes ?? usualEpisodes(experiment, options, images);
  const checkpointEvery =
    flags.checkpointEvery ?? Math.max(CHECKPOINT_EVERY, Math.ceil(episodes / MOST_CHECKPOINTS));
  const dataFingerprint = images?.fingerprint ?? null;
  const folder = new RunFolder(flags.out ?? unusedFolder(`runs/${experiment.name}-seed${seed}`));
  const own = { ...(module && { experiment: module }), ...given.modules };
  return {
    folder,
    experiment,
    modules: Object.values(own),
    changes: [],
    config: {
      ...{ experiment: experiment.name, seed, episodes, checkpointEvery, data, dataFingerprint, options },
      modules: Object.fromEntries(
        Object.entries(own).map(([use, each]) => [use, recordOf(each, folder.path)]),
      ),
      moduleChanges: [],
      tensorboard: flags.tensorboard ?? false,
      earlierDevices: [],
    },
    images,
    device: deviceOf(flags),
    resume: false,
    allowOtherDevice: false,
    figures: flags.figures !== false,
  };
}

/** The folder, or the same with -2, -3... so that a command without `--out` can be given twice. */
function unusedFolder(folder: string): string {
  let path = folder;
  for (let count = 2; existsSync(path); count++) path = `${folder}-${count}`;
  return path;
}

/**
 * The plan to go on with the run in `path`, exactly as it began; only `--episodes` may differ, and an
 * event file for TensorBoard may come to it.
 * `named`: the experiment on the command line, if any. Throws UsageError, OptionsError, DataError, FileError or ModuleError.
 */
export async function resumedPlan(
  path: string,
  named: ChosenExperiment | null,
  flags: TrainFlags,
): Promise<TrainingPlan> {
  const folder = new RunFolder(path);
  const { device: hadDevice, threads: hadThreads, ...config } = folder.readConfig();
  const { allowOtherDevice = false } = flags;
  const device = (allowOtherDevice && flags.device) || hadDevice;
  const threads = (allowOtherDevice && flags.threads) || hadThreads;
  if (threads > mostThreads()) {
    throw new FileError(
      `${folder.file.config}: threads must be at most ${mostThreads()} on this machine, got ${threads}; restore it, ` +
        `go on where the run began, or give ${allowFlag} and --threads`,
    );
  }
  const expectSame = (flag: string, given: unknown, was: unknown, more?: string) => {
    if (given === undefined || JSON.stringify(given) === JSON.stringify(was)) return;
    throw new UsageError(
      `--resume: the run in ${path} has ${flag} ${shownOption(was)}, got ${shownOption(given)}; a run goes on as it began: ` +
        `leave ${flag} out, or start a new run with --out${more ? `; ${more}` : ""}`,
    );
  };
  expectSame("experiment", named?.experiment.name, config.experiment);
  const allowed = Boolean(flags.allowChangedModule);
  const resumed = await resumedModules(folder, config, named?.module?.path, allowed);
  const own = resumed.experiment;
  expectSourceOf(own, config.data, folder.file.config);
  const given = await loadRules(own, givenOptions(own, flags));
  for (const [name, value] of Object.entries(given.options)) {
    expectSame(name, value, resumed.options[name]);
  }
  expectSame("--seed", flags.seed, config.seed);
  expectSame("--checkpoint-every", flags.checkpointEvery, config.checkpointEvery);
  if (flags.data !== undefined) expectSame("--data", dataFor(own, flags.data), config.data);
  if (!allowOtherDevice) {
    const cure = `${allowFlag} lets it go on on another device, with other bits`;
    expectSame("--threads", flags.threads, threads, cure);
    if (flags.device !== "auto") expectSame("--device", flags.device, device, cure);
  }
  if (flags.out !== undefined) throw new UsageError(`--resume goes on in ${path}; leave --out out`);
  const images = loadData(own, config.data);
  if (images) {
    const pinned = { source: config.data, folder: null, fingerprint: config.dataFingerprint };
    expectSamePictures(`the run in ${path}`, pinned, images, "start a new run with --out");
  }
  return {
    folder,
    experiment: own,
    modules: Object.values(resumed.modules),
    changes: resumed.changes,
    // A run from before fingerprints were kept has one from now on.
    config: {
      ...config,
      dataFingerprint: images?.fingerprint ?? null,
      episodes: flags.episodes ?? config.episodes,
      options: resumed.options,
      modules: Object.fromEntries(
        Object.entries(resumed.modules).map(([use, each]) => [use, recordOf(each, path)]),
      ),
      tensorboard: flags.tensorboard ?? config.tensorboard,
    },
    images,
    device: deviceOf({ device, threads, memory: flags.memory }),
    resume: true,
    allowOtherDevice,
    figures: flags.figures !== false,
  };
}
