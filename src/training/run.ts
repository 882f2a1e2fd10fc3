import type { Device, DeviceInfo } from "../devices/device.js";
import type * as z from "../schema/index.js";
import type { Checkpoint } from "./checkpoint.js";
import { CheckpointError } from "./checkpoint.js";
import { expectEpisodes, expectSettings } from "./expectSettings.js";
import { type Experiment, type ExperimentData, expectMeasured } from "./experiment.js";
import { buildModel, resolveOptions, usualEpisodes } from "./options.js";
import { pacer } from "./pause.js";
import { readTrainer, writeTrainer } from "./state.js";
import { Trainer } from "./trainer.js";

/** What `run` trains with: a device, a seed, options of the experiment, and where to begin. */
export interface RunOptions<Schema extends z.ObjectSchema> {
  readonly device: Device;
  /** A whole number; 0 unless given. */
  readonly seed?: number;
  /** The experiment's options; those left out take their defaults. */
  readonly options?: z.input<Schema>;
  /**
   * Training episodes from the very beginning, those before a resumed checkpoint included; whole batches are lived. As many as
   * the experiment says unless given.
   */
  readonly episodes?: number;
  /** Pictures, or a text, to train and to test with, for experiments that need them. */
  readonly images?: ExperimentData | null;
  /**
   * Episodes between checkpoints: one at every multiple of it, or at the end of the batch that the multiple falls in;
   * without it there is one at the end only.
   */
  readonly checkpointEvery?: number;
  /** An AbortSignal. On abort the run yields a checkpoint and ends. */
  readonly signal?: { readonly aborted: boolean };
  /** Go on from here, with the same options and seed. */
  readonly resume?: Checkpoint;
}

/** What `run` tells as it goes: that it begins, each batch of episodes, each checkpoint, and that it is done. */
export type RunEvent =
  | {
      readonly type: "start";
      readonly experiment: string;
      readonly seed: number;
      readonly options: Readonly<Record<string, unknown>>;
      /** Episodes already lived through, and to be lived through in all, the last batch to its end. */
      readonly episode: number;
      readonly episodes: number;
      readonly device: DeviceInfo;
    }
  | {
      readonly type: "episode";
      /** How many episodes were lived through so far, the latest batch included. */
      readonly episode: number;
      readonly loss: number;
      readonly gradientNorm: number;
      readonly metrics: Readonly<Record<string, number>>;
    }
  | {
      readonly type: "checkpoint";
      readonly reason: "regular" | "abort" | "end";
      readonly checkpoint: Checkpoint;
    }
  | { readonly type: "done"; readonly episode: number };

const SETTINGS = [
  ...["device", "seed", "options", "episodes", "images"],
  ...["checkpointEvery", "signal", "resume"],
];

/**
 * Trains an experiment and says what happens, as it happens. A run that is resumed from any of its checkpoints, on the
 * same kind of device with as many threads, yields bit for bit what it would have yielded without the stop.
 *
 * @throws OptionsError for options out of range, CheckpointError for another run's checkpoint,
 *   DivergenceError when a number stops being finite, TaskError for a task that gives numbers it must not (what was yielded
 *   before stays good); TypeError or RangeError for settings that there are not, or cannot be so
 */
export async function* run<Schema extends z.ObjectSchema>(
  experiment: Experiment<Schema>,
  settings: RunOptions<Schema>,
): AsyncGenerator<RunEvent, void, undefined> {
  expectSettings("run", settings, ["device"], SETTINGS);
  expectEpisodes("run", "episodes", settings.episodes, 0);
  if (settings.checkpointEvery !== Number.POSITIVE_INFINITY)
    expectEpisodes("run", "checkpointEvery", settings.checkpointEvery, 1);
  const { device, seed = 0, images = null, signal, resume } = settings;
  const { checkpointEvery = Number.POSITIVE_INFINITY } = settings;
  const options = resolveOptions(experiment, settings.options);
  const episodes = settings.episodes ?? usualEpisodes(experiment, options, images);
  if (resume) expectSameRun(resume, experiment.name, seed, options);

  const trainer = new Trainer(device, buildModel(experiment, { options, device, seed, images }));
  const pause = pacer();
  const { batch } = trainer.model;
  let episode = resume?.episode ?? 0;
  const checkpoint = (reason: "regular" | "abort" | "end"): RunEvent => {
    trainer.expectFinite(episode);
    const { kind, threads, lanes } = device.info;
    const on = { kind, threads, ...(lanes && { lanes }) };
    const about = { experiment: experiment.name, options, seed, episode, device: on };
    return { type: "checkpoint", reason, checkpoint: { ...about, ...readTrainer(device, trainer) } };
  };

  try {
    if (resume) writeTrainer(device, trainer, resume);
    yield {
      type: "start",
      experiment: experiment.name,
      seed,
      options,
      episode,
      episodes: episode + Math.max(0, Math.ceil((episodes - episode) / batch)) * batch,
      device: device.info,
    };
    while (episode < episodes) {
      await pause();
      if (signal?.aborted) {
        yield checkpoint("abort");
        return;
      }
      const trained = trainer.train(seed, episode);
      const before = Math.floor(episode / checkpointEvery);
      episode += batch;
      const { optimizer, model } = trainer;
      const metrics = { ...trained.metrics, ...(await model.between?.({ episode, optimizer, pause })) };
      expectMeasured(experiment, metrics);
      yield { type: "episode", episode, ...trained, metrics };
      const due = Math.floor(episode / checkpointEvery) > before;
      if (due && episode < episodes) yield checkpoint("regular");
    }
    yield checkpoint("end");
    yield { type: "done", episode };
  } finally {
    trainer.release();
  }
}

function expectSameRun(
  resume: Checkpoint,
  experiment: string,
  seed: number,
  options: Record<string, unknown>,
): void {
  const expect = (what: string, theirs: unknown, ours: unknown) => {
    if (JSON.stringify(theirs) === JSON.stringify(ours)) return;
    throw new CheckpointError(
      `resume: the checkpoint's ${what} is ${JSON.stringify(theirs)}, this run's ${JSON.stringify(ours)}; ` +
        "a run goes on only as it began: give the same, or start a new run",
    );
  };
  expect("experiment", resume.experiment, experiment);
  expect("seed", resume.seed, seed);
  for (const key of new Set([...Object.keys(resume.options), ...Object.keys(options)])) {
    expect(`option ${key}`, resume.options[key], options[key]);
  }
}
