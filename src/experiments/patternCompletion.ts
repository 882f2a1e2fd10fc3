import { addedInput, rulesOf } from "../layers/index.js";
import type { Rule } from "../rules/index.js";
import * as z from "../schema/index.js";
import {
  checkPatterns,
  type PatternsOptions,
  patternsEpisode,
  patternsNeurons,
  patternsSteps,
  random,
  wrongSigns,
} from "../tasks/index.js";
import type { BuildContext, Metric, TrainableModel } from "../training/index.js";
import { Completion, nearlySquare } from "./completion.js";
import { namesOf, networks, networkWords, rules } from "./networks.js";
import { ruleOption } from "./options.js";

/** What both tasks of binary pattern completion may be told; `usual` holds the published values. */
export const patternsSchema = (usual: PatternsOptions, lr: number) => ({
  network: z.enum(namesOf(networks)).default("plastic").describe(networkWords),
  rule: ruleOption(rules, "decayingHebb", "how plastic connections learn during an episode"),
  bits: z.int().min(2).max(4096).default(usual.bits).describe("bits of a pattern, one neuron each"),
  patterns: z.int().min(1).max(50).default(usual.patterns).describe("patterns to remember in an episode"),
  cycles: z.int().min(1).max(20).default(usual.cycles).describe("times that every pattern is shown"),
  stepsOn: z.int().min(1).max(50).default(usual.stepsOn).describe("time steps that a pattern is shown for"),
  stepsOff: z.int().min(0).max(50).default(usual.stepsOff).describe("time steps of silence after it"),
  testSteps: z.int().min(1).max(50).default(usual.testSteps).describe("time steps of the degraded pattern"),
  lr: z.number().positive().default(lr).describe("learning rate of Adam"),
});

export const wrongBits: Metric = {
  name: "error",
  label: "share of wrong bits",
  better: "lower",
  show: "percent",
  // Half of the bits are given, half of the others are right by luck.
  chance: 0.25,
};

export interface PatternNetwork extends PatternsOptions {
  readonly network: keyof typeof networks;
  /** How plastic connections learn during an episode. */
  readonly rule: Rule;
  readonly lr: number;
  /** Neurons beyond those that the task feeds. */
  readonly hidden: number;
  /** Constants of the rule that are not learned. */
  readonly fixed: readonly string[];
}

/** A recurrent network and binary pattern completion. Throws a RangeError for options that contradict each other. */
export function buildPatterns(
  options: PatternNetwork,
  { device, seed }: Pick<BuildContext<unknown>, "device" | "seed">,
): TrainableModel {
  checkPatterns(options);
  const inputs = patternsNeurons(options);
  const neurons = inputs + options.hidden;
  const kind = networks[options.network];
  const plastic = options.rule;
  const rule = kind.rule(plastic);
  device.expectRoom({ rule, batch: 1, pre: neurons, post: neurons, steps: patternsSteps(options) });
  const network = kind.completion({
    device,
    inputs,
    neurons,
    rule: plastic,
    fixed: options.fixed,
    activation: addedInput,
    answers: options.bits,
    largest: options.inputScale,
    random: random(seed, "weights", 0),
  });
  const completion = new Completion(
    device,
    network,
    patternsSteps(options),
    options.bits,
    options.biasNeuron ? [1] : [],
  );
  return {
    parameters: network.parameters,
    adam: { lr: options.lr },
    rules: rulesOf(network.cell.connections),
    network: completion.alone,
    batch: 1,
    prepare(split, episodeSeed, index) {
      const episode = patternsEpisode(options, random(episodeSeed, split, index));
      const { shown, degraded, target } = episode;
      completion.prepare(episode);
      return {
        measure: (output) => [{ error: wrongSigns(output, target) }],
        pictures: (output) => ({
          kind: "bits",
          ...nearlySquare(options.bits),
          shown,
          degraded,
          restored: Array.from(target, (_, i) => output[i]!),
          target,
        }),
      };
    },
    live: (tape) => completion.live(tape),
    release: () => completion.release(),
  };
}
