import type { Experiment } from "../training/index.js";
import { cueReward } from "./cueReward.js";
import { modularArithmetic, mqar, parity } from "./fastWeights.js";
import { images } from "./images.js";
import { maze, mazeFirst, mazeSmall } from "./maze.js";
import { associativeRetrieval, associativeRetrievalBa, copyDelay, familiarity } from "./memoryProbes.js";
import { omniglot, omniglotPaper } from "./omniglot.js";
import { patterns } from "./patterns.js";
import { patternsSmall, patternsSmallWith } from "./patternsSmall.js";
import { ptb } from "./ptb/ptb.js";

export { defineExperiment } from "../training/index.js";
export {
  type AgentDefaults,
  type AgentDefinition,
  type AgentSettings,
  agentExperiment,
  agentOptions,
  buildAgent,
} from "./agents.js";
export type { ExperimentWords, OptionShape, Options } from "./definition.js";
export {
  type Asked,
  classCrossEntropy,
  meanSquaredError,
  type SequenceLoss,
  sumOfSquares,
} from "./losses.js";
export { matchedNeurons, type NetworkContext, type NetworkKind, networks, rules } from "./networks.js";
export { choiceOption, integerOption, numberOption, ruleOf, ruleOption } from "./options.js";
export { buildProbe, type ProbeDefinition, probeExperiment } from "./probe.js";
export {
  buildSequence,
  type SequenceDefaults,
  type SequenceDefinition,
  type SequenceSettings,
  sequenceExperiment,
  sequenceOptions,
} from "./sequence.js";
export {
  buildTokens,
  fastWeightRules,
  type TokenDefaults,
  type TokenDefinition,
  type TokenSettings,
  tokenExperiment,
  tokenOptions,
} from "./tokens.js";
export {
  associativeRetrieval,
  associativeRetrievalBa,
  copyDelay,
  cueReward,
  familiarity,
  images,
  maze,
  mazeFirst,
  mazeSmall,
  modularArithmetic,
  mqar,
  omniglot,
  omniglotPaper,
  parity,
  patterns,
  patternsSmall,
  patternsSmallWith,
  ptb,
};

/** Every experiment, by name. */
export const experiments: Readonly<Record<string, Experiment>> = Object.fromEntries(
  // Each knows its own options exactly; a list of all of them can only promise checked options.
  (
    [
      patterns,
      patternsSmall,
      images,
      maze,
      mazeSmall,
      mazeFirst,
      cueReward,
      omniglot,
      omniglotPaper,
      associativeRetrieval,
      associativeRetrievalBa,
      copyDelay,
      familiarity,
      mqar,
      parity,
      modularArithmetic,
      ptb,
    ] as unknown as Experiment[]
  ).map((experiment) => [experiment.name, experiment]),
);
