import type { Device } from "../devices/device.js";
import type { Rule } from "../rules/rule.js";
import type * as z from "../schema/index.js";
import { Tape } from "../tape/index.js";
import type { ModelState } from "./checkpoint.js";
import { expectEpisodes, expectSettings } from "./expectSettings.js";
import {
  type EpisodeAnswer,
  type EpisodePictures,
  type Experiment,
  type ExperimentData,
  expectMeasured,
  meanMetrics,
  type NamedMatrix,
  type TrainableModel,
} from "./experiment.js";
import { buildModel, resolveOptions } from "./options.js";
import { pacer } from "./pause.js";
import { shareInterval } from "./shareInterval.js";
import { readParameters, writeParameters } from "./state.js";

/** Whom a test is of, on what, and how long it is. */
export interface EvaluateOptions {
  readonly device: Device;
  /** The trained network. */
  readonly model: ModelState;
  /** Test episodes; the experiment's `testEpisodes` unless given. */
  readonly episodes?: number;
  /** Of the test episodes; the model's own unless given. */
  readonly seed?: number;
  readonly images?: ExperimentData | null;
  /** Options of the experiment that are other than in training, e.g. more classes. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** On abort: the mean over the episodes so far. */
  readonly signal?: { readonly aborted: boolean };
  /** Is told the metrics of each episode, in their order. */
  readonly onEpisode?: (metrics: Readonly<Record<string, number>>) => void;
}

/** `experiment`, `episodes`, `seed`, and the mean (or median) over the episodes of every metric, under its own name. */
export type Evaluation = {
  readonly experiment: string;
  readonly episodes: number;
  readonly seed: number;
} & Readonly<Record<string, number | string>>;

const SETTINGS = ["device", "model", "episodes", "seed", "images", "options", "signal", "onEpisode"];

/**
 * Lets a trained network live through fresh test episodes, without learning between them.
 * @throws OptionsError or CheckpointError if the model is not one of this experiment; DivergenceError never
 */
export async function evaluateExperiment<Schema extends z.ObjectSchema>(
  experiment: Experiment<Schema>,
  settings: EvaluateOptions,
): Promise<Evaluation> {
  expectSettings("evaluateExperiment", settings, ["device", "model"], SETTINGS);
  expectEpisodes("evaluateExperiment", "episodes", settings.episodes, 1);
  const { device, model: state, signal, onEpisode } = settings;
  const { episodes = experiment.testEpisodes, seed = state.seed } = settings;
  const pause = pacer();
  const lived: Record<string, number>[] = [];
  const kinds: string[] = [];
  const model = rebuild(experiment, settings);
  try {
    if (model.test) {
      const { episodes: tested, metrics } = await model.test({ episodes, signal, pause });
      if (tested > 0) expectMeasured(experiment, metrics);
      return { experiment: experiment.name, episodes: tested, seed, ...metrics };
    }
    for (let first = 0; first < episodes && !signal?.aborted; first += model.batch) {
      const judge = model.prepare("test", seed, first);
      const output = device.read(model.live(new Tape(device, model.batch, false)).outputs.at(-1)!.value);
      const measured = judge.measure(output).slice(0, episodes - first);
      for (const metrics of measured) {
        expectMeasured(experiment, metrics);
        onEpisode?.(metrics);
      }
      lived.push(...measured);
      kinds.push(...(judge.kinds ?? []).slice(0, episodes - first));
      await pause();
    }
  } finally {
    model.release();
  }
  const { metric, others = [] } = experiment;
  const metrics: Record<string, number> = lived.length > 0 ? meanMetrics(lived) : {};
  for (const { name, over } of [metric, ...others]) {
    if (over === "median") metrics[name] = median(lived.map((each) => each[name]!));
  }
  if (metric.over === "share" && lived.length > 0) {
    Object.assign(metrics, shareInterval(metrics[metric.name]!, lived.length));
  }
  const byKind = meansByKind(metric.name, lived, kinds);
  return { experiment: experiment.name, episodes: lived.length, seed, ...metrics, ...byKind };
}

/** The mean of a metric over the episodes of each kind, as `<metric>.<kind>`, in the order of their names. */
function meansByKind(
  metric: string,
  lived: readonly Readonly<Record<string, number>>[],
  kinds: readonly string[],
): Record<string, number> {
  const names = [...new Set(kinds)].sort();
  return Object.fromEntries(
    names.map((kind) => {
      const ofKind = lived.filter((_, i) => kinds[i] === kind);
      return [`${metric}.${kind}`, meanMetrics(ofKind)[metric]!];
    }),
  );
}

/** What a trained network looks like from inside, and what it makes of some test episodes. */
export interface Look {
  readonly episodes: readonly {
    readonly pictures: EpisodePictures | null;
    readonly answer: EpisodeAnswer | null;
    readonly metrics: Readonly<Record<string, number>>;
  }[];
  /** Parameters, and the traces at the end of the first of the episodes. */
  readonly matrices: readonly NamedMatrix[];
  /** The rule of each plastic connection, by the connection's name. */
  readonly rules: Readonly<Record<string, Rule>>;
}

/** Pictures of the first test episodes, and the network's matrices. Errors as `evaluateExperiment`. */
export function lookAt<Schema extends z.ObjectSchema>(
  experiment: Experiment<Schema>,
  settings: Omit<EvaluateOptions, "signal" | "onEpisode">,
): Look {
  const { device, model: state, episodes = 8, seed = state.seed } = settings;
  const model = rebuild(experiment, settings);
  try {
    const matrices: NamedMatrix[] = Object.entries(readParameters(device, model.parameters)).map(
      ([name, { shape, data }]) => ({ name, rows: shape[0], cols: shape[1], values: data }),
    );
    const lives: Look["episodes"][number][] = [];
    for (let first = 0; lives.length < episodes; first += model.batch) {
      const judge = model.prepare("test", seed, first);
      const lived = model.live(new Tape(device, model.batch, false));
      const output = device.read(lived.outputs.at(-1)!.value);
      if (first === 0) matrices.push(...lived.traces());
      const pictures = judge.pictures?.(output) ?? null;
      const answers = judge.answers?.(output);
      const measured = judge.measure(output);
      lives.push(...measured.map((metrics, b) => ({ pictures, answer: answers?.[b] ?? null, metrics })));
    }
    return { episodes: lives, matrices, rules: model.rules };
  } finally {
    model.release();
  }
}

/** A trained network on a device, to be released. Errors as `evaluateExperiment`. */
export function rebuild<Schema extends z.ObjectSchema>(
  experiment: Experiment<Schema>,
  settings: Omit<EvaluateOptions, "signal" | "episodes" | "onEpisode">,
): TrainableModel {
  const { device, model: state, images = null } = settings;
  const changes = { ...experiment.testOptions, ...settings.options };
  const options = resolveOptions(experiment, { ...state.options, ...changes });
  const model = buildModel(experiment, { options, device, seed: state.seed, images });
  try {
    writeParameters(device, model.parameters, model.adapted?.(state.parameters) ?? state.parameters);
  } catch (error) {
    model.release();
    throw error;
  }
  return model;
}

/** NaN of nothing. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
}
