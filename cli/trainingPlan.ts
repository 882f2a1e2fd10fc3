import { existsSync } from "node:fs";
import { mostThreads } from "../src/devices/cores.js";
import type { DeviceInfo } from "../src/devices/device.js";
import type { InitOptions } from "../src/devices/init.js";
import { type Checkpoint, type Experiment, resolveOptions } from "../src/training/index.js";
import { dataFor, expectSourceOf, loadData } from "./data.js";
import { UsageError } from "./exitCodes.js";
import { experimentNamed } from "./experimentNamed.js";
import { FileError } from "./files.js";
import { type DeviceFlags, deviceOf, givenOptions } from "./flags.js";
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
    },
    images,
    device: deviceOf(flags),
    resume: false,
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
  const { device, threads, ...config } = folder.readConfig();
  if (threads > mostThreads()) {
    throw new FileError(
      `${folder.file.config}: threads must be at most ${mostThreads()} on this machine, got ${threads}; restore it, ` +
        "or go on where the run began",
    );
  }
  const expectSame = (flag: string, given: unknown, was: unknown) => {
    if (given === undefined || given === was) return;
    throw new UsageError(
      `--resume: the run in ${path} has ${flag} ${was}, got ${given}; a run goes on as it began: ` +
        `leave ${flag} out, or start a new run with --out`,
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
  expectSame("--threads", flags.threads, threads);
  if (flags.device !== "auto") expectSame("--device", flags.device, device);
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
    figures: flags.figures !== false,
  };
}

/**
 * Checks that a run goes on from a checkpoint exactly as it began: on the same device, with as many threads, and to no
 * fewer episodes than it has lived. Throws a FileError or UsageError.
 */
export function expectGoesOn(
  { folder, device: asked, config }: TrainingPlan,
  { device: was, episode }: Pick<Checkpoint, "device" | "episode">,
  got: DeviceInfo,
): void {
  const words = (kind: unknown, threads: unknown) => `${kind} with threads ${threads}`;
  const made = words(was.kind, was.threads);
  if (words(asked.device, asked.threads) !== made) {
    throw new FileError(
      `${folder.file.config} says ${words(asked.device, asked.threads)}, but the run's checkpoint was made on ${made}; ` +
        "restore config.json",
    );
  }
  const width = (lanes: number | undefined) =>
    lanes ? `vectors of ${lanes} numbers` : "vectors of its usual width";
  if (words(got.kind, got.threads) === made && got.lanes !== was.lanes) {
    throw new UsageError(
      `--resume: the run in ${folder.path} began on a machine with ${width(was.lanes)}, here it would be ${width(got.lanes)} ` +
        `(${got.why}), and other bits; go on where it began, or start a new run`,
    );
  }
  if (words(got.kind, got.threads) !== made) {
    throw new UsageError(
      `--resume: the run in ${folder.path} began on ${made}, here it would be ${words(got.kind, got.threads)} ` +
        `(${got.why}); go on where it began, or start a new run`,
    );
  }
  // A run lives whole batches: it may have lived more than it was asked for.
  if (config.episodes < Math.min(episode, folder.readConfig().episodes)) {
    throw new UsageError(
      `--resume: the run in ${folder.path} has lived ${episode} episodes, --episodes ${config.episodes} is fewer; ` +
        "leave --episodes out, or give more",
    );
  }
}
