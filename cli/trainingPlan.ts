import { existsSync } from "node:fs";
import { mostThreads } from "../src/devices/cores.js";
import type { InitOptions } from "../src/devices/init.js";
import { type Experiment, resolveOptions } from "../src/training/index.js";
import { dataFor, expectSourceOf, loadData } from "./data.js";
import { UsageError } from "./exitCodes.js";
import { experimentNamed } from "./experimentNamed.js";
import { FileError } from "./files.js";
import { type DeviceFlags, deviceOf, givenOptions } from "./flags.js";
import { allowFlag } from "./goingOn.js";
import type { LoadedImages } from "./loadedImages.js";
import { type RunConfig, RunFolder } from "./runFolder.js";
import { expectSamePictures } from "./trainedPictures.js";

/** A training command, read and checked. */
export interface TrainingPlan {
  readonly folder: RunFolder;
  readonly experiment: Experiment;
  /** What device and threads came out is known, and written down, once the device runs. */
  readonly config: Omit<RunConfig, "device" | "threads">;
  readonly images: LoadedImages | null;
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
  readonly allowOtherDevice?: boolean;
  readonly json?: boolean;
  readonly tensorboard?: boolean;
  /** False with --no-figures. */
  readonly figures?: string | boolean;
}

/** Checkpoints of a run that does not say otherwise: one in so many episodes, but no more than 200 in all. */
const CHECKPOINT_EVERY = 100;
const MOST_CHECKPOINTS = 200;

/** Throws UsageError, OptionsError or DataError. */
export function freshPlan(experiment: Experiment, flags: TrainFlags): TrainingPlan {
  if (flags.allowOtherDevice)
    throw new UsageError(`${allowFlag} is for a run that goes on; give --resume <folder>, or leave it out`);
  const { seed = 0, episodes = experiment.episodes } = flags;
  const checkpointEvery =
    flags.checkpointEvery ?? Math.max(CHECKPOINT_EVERY, Math.ceil(episodes / MOST_CHECKPOINTS));
  const options = resolveOptions(experiment, givenOptions(experiment, flags));
  const data = dataFor(experiment, flags.data);
  const images = loadData(experiment, data);
  const dataFingerprint = images?.fingerprint ?? null;
  return {
    folder: new RunFolder(flags.out ?? unusedFolder(`runs/${experiment.name}-seed${seed}`)),
    experiment,
    config: {
      ...{ experiment: experiment.name, seed, episodes, checkpointEvery, data, dataFingerprint, options },
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
 * `experiment`: the one named on the command line, if any. Throws UsageError, OptionsError, DataError or FileError.
 */
export function resumedPlan(path: string, experiment: Experiment | null, flags: TrainFlags): TrainingPlan {
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
    if (given === undefined || given === was) return;
    throw new UsageError(
      `--resume: the run in ${path} has ${flag} ${was}, got ${given}; a run goes on as it began: ` +
        `leave ${flag} out, or start a new run with --out${more ? `; ${more}` : ""}`,
    );
  };
  expectSame("experiment", experiment?.name, config.experiment);
  const own = experimentNamed(config.experiment);
  expectSourceOf(own, config.data, folder.file.config);
  const given = givenOptions(own, flags);
  for (const [name, value] of Object.entries(given)) expectSame(name, value, config.options[name]);
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
    // A run from before fingerprints were kept has one from now on.
    config: {
      ...config,
      dataFingerprint: images?.fingerprint ?? null,
      episodes: flags.episodes ?? config.episodes,
      tensorboard: flags.tensorboard ?? config.tensorboard,
    },
    images,
    device: deviceOf({ device, threads, memory: flags.memory }),
    resume: true,
    allowOtherDevice,
    figures: flags.figures !== false,
  };
}
