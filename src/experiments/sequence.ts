import { Linear } from "../layers/index.js";
import type { RuleData } from "../rules/index.js";
import * as z from "../schema/index.js";
import { random, type SequenceEpisode, type SequenceTask } from "../tasks/index.js";
import {
  type BuildContext,
  cellWithReadout,
  defineExperiment,
  type Experiment,
  type MetricDefinition,
  type TrainableModel,
} from "../training/index.js";
import {
  aFunction,
  aLoss,
  aMetric,
  type ExperimentWords,
  expectDefinition,
  type OptionShape,
  type Options,
  optional,
} from "./definition.js";
import { meanSquaredError, type SequenceLoss } from "./losses.js";
import {
  namesOf,
  networks,
  networkWords,
  type PlasticitySettings,
  plasticityOptions,
  rules,
  sized,
} from "./networks.js";
import { choiceOption, integerOption, ruleOf, ruleOption } from "./options.js";
import { checkedTask, measured } from "./sequenceEpisodes.js";
import { Supervised } from "./supervised.js";

/** Every option of an experiment with a network that answers, as `usual` may change its default. */
export interface SequenceDefaults extends PlasticitySettings {
  readonly network: keyof typeof networks;
  readonly neurons: number;
  readonly rule: keyof typeof rules;
  readonly batch: number;
  readonly lr: number;
  readonly clipNorm: number;
}

const usualDefaults: SequenceDefaults = {
  network: "plastic",
  neurons: 50,
  rule: "decayingHebb",
  plasticFrom: "hidden",
  pre: "present",
  equal: "parameters",
  batch: 16,
  lr: 3e-3,
  clipNorm: 5,
};

/** The options of every experiment with a recurrent network that answers. */
export function sequenceOptions(usual: Partial<SequenceDefaults> = {}) {
  const start = { ...usualDefaults, ...usual };
  const { network, neurons, rule, batch, lr, clipNorm } = start;
  return {
    network: choiceOption(network, networkWords, namesOf(networks)),
    neurons: integerOption(neurons, "neurons of the plastic network, plastic from its output", {
      min: 1,
      max: 2048,
    }),
    rule: ruleOption(rules, rule, "how connections learn where nothing modulates them"),
    ...plasticityOptions(start),
    batch: integerOption(batch, "episodes lived side by side", { min: 1, max: 1024 }),
    lr: z.number().positive().default(lr).describe("learning rate of Adam"),
    clipNorm: z.number().positive().default(clipNorm).describe("largest norm of the gradient"),
  };
}

/** Options of an experiment with a network that answers, once they are chosen; the rule may be one of your own. */
export type SequenceSettings = Omit<SequenceDefaults, "rule"> & {
  readonly rule: keyof typeof rules | RuleData;
};

/**
 * A network of the kind asked for, with a linear readout, trained to answer as the task says.
 * Throws a TaskError where the task does not keep to its own sizes.
 */
export function buildSequence<Episode extends SequenceEpisode>(
  settings: SequenceSettings,
  task: SequenceTask<Episode>,
  { device, seed }: Pick<BuildContext<unknown>, "device" | "seed">,
  loss: SequenceLoss = meanSquaredError,
): TrainableModel {
  const { batch, lr, clipNorm } = settings;
  const checked = checkedTask(task, loss.targets);
  const { inputs, outputs, steps } = task;
  const kind = networks[settings.network];
  const plastic = ruleOf(rules, settings.rule);
  const rule = kind.rule(plastic);
  const { neurons, plasticity } = sized(kind, settings, inputs, outputs);
  device.expectRoom({ rule, batch, pre: neurons, post: neurons, steps });
  const weights = random(seed, "weights", 0);
  const cell = kind.cell({ device, inputs, neurons, rule: plastic, plasticity, random: weights });
  const readout = new Linear(device, "readout", neurons, outputs, weights);
  const parameters = [...cell.parameters, ...readout.parameters];
  const { asked } = checked;
  const learner = new Supervised(device, { cell, readout, parameters }, { steps, asked, batch }, loss);
  return {
    parameters,
    adam: { lr, clipNorm },
    rules: learner.rules,
    network: cellWithReadout("input", cell, inputs, readout),
    batch,
    prepare(split, episodeSeed, first) {
      const episodes = Array.from({ length: batch }, (_, b) =>
        checked.episode(random(episodeSeed, split, first + b), split),
      );
      const { given, targets, mask } = checked.joined(episodes);
      learner.prepare(given, targets, mask);
      return { measure: () => measured(task, loss.targets, asked, episodes, learner.answers()) };
    },
    live: (tape) => learner.live(tape),
    release: () => learner.release(),
  };
}

/** An experiment with a task of answering. */
export interface SequenceDefinition<Own extends OptionShape, Episode extends SequenceEpisode>
  extends ExperimentWords {
  /** What `sequenceOptions` start from. */
  readonly usual?: Partial<SequenceDefaults>;
  /** Options beyond those, or in their place. */
  readonly options?: Own;
  /** `error`, unless given: see `SequenceTask.measure`. */
  readonly metric?: MetricDefinition;
  /** `meanSquaredError` unless given. */
  readonly loss?: SequenceLoss;
  readonly task: (options: Options<ReturnType<typeof sequenceOptions> & Own>) => SequenceTask<Episode>;
}

/**
 * An experiment in which a recurrent network is told what it should have answered, at some steps of an episode or at all.
 * @throws ExperimentError for a definition that lacks something
 */
export function sequenceExperiment<
  Own extends OptionShape = Record<never, never>,
  Episode extends SequenceEpisode = SequenceEpisode,
>(definition: SequenceDefinition<Own, Episode>): Experiment {
  const fields = {
    task: aFunction("a function that makes a task of the options"),
    loss: optional(aLoss),
    metric: aMetric,
  };
  expectDefinition(definition, fields, sequenceOptions());
  const {
    usual,
    options,
    loss = meanSquaredError,
    metric = errorMetrics[loss.targets],
    task,
    ...words
  } = definition;
  const schema = z.object({ ...sequenceOptions(usual), ...options });
  return defineExperiment({
    ...words,
    metric,
    schema,
    build: ({ options: chosen, ...context }) =>
      buildSequence(
        chosen as SequenceSettings,
        task(chosen as Options<ReturnType<typeof sequenceOptions> & Own>),
        context,
        loss,
      ),
  }) as unknown as Experiment;
}

const errorMetrics: Readonly<Record<SequenceLoss["targets"], MetricDefinition>> = {
  numbers: { name: "error", label: "mean squared error", better: "lower" },
  classes: { name: "error", label: "share of wrong answers", better: "lower", show: "percent" },
};
