export { readSafetensors, SafetensorsError, type StoredMatrix, writeSafetensors } from "../models/index.js";
export * as z from "../schema/index.js";
export {
  type ActorCriticOptions,
  actorCriticLoss,
  concentration,
  negativeEntropy,
  type Penalty,
  Rollout,
} from "./actorCritic.js";
export { Adam, type AdamOptions } from "./adam.js";
export { Agent, type AgentOptions } from "./agent.js";
export {
  type Checkpoint,
  CheckpointError,
  decodeCheckpoint,
  decodeModel,
  encodeCheckpoint,
  encodeModel,
  type ModelState,
  type Precision,
  readCount,
} from "./checkpoint.js";
export {
  type Conduct,
  type Frame,
  type InterventionResult,
  observeAgent,
  type Replay,
  replayEpisode,
} from "./conduct.js";
export { defineExperiment, type ExperimentDefinition, type MetricDefinition } from "./defineExperiment.js";
export { ExperimentError } from "./definitionFields.js";
export { adaptModel, describeModel, describeNetwork } from "./describe.js";
export { DivergenceError } from "./divergence.js";
export { type Lifetime, live, tracesOf } from "./episode.js";
export { type EvaluateOptions, type Evaluation, evaluateExperiment, type Look, lookAt } from "./evaluate.js";
export type {
  Between,
  BuildContext,
  Carried,
  EpisodeAnswer,
  EpisodePictures,
  Experiment,
  ExperimentData,
  ImageData,
  LabelledDrawing,
  LivedEpisode,
  Metric,
  NamedMatrix,
  Split,
  TestLimits,
  TextData,
  TrainableModel,
} from "./experiment.js";
export { type PlaceVisits, stepsToGiveUp } from "./goalVisits.js";
export { type InterventionName, interventions } from "./interventions.js";
export { type MeanInterval, meanInterval } from "./meanInterval.js";
export {
  type CellNetworkOptions,
  cellNetwork,
  cellWithReadout,
  type FewShotOptions,
  fewShotNetwork,
  type Network,
  type NetworkStep,
} from "./network.js";
export type { Optimizer, OptimizerChoice } from "./optimizer.js";
export {
  describeOptions,
  type OptionDescription,
  OptionsError,
  resolveOptions,
  usualEpisodes,
} from "./options.js";
export { Recorder } from "./recorder.js";
export { type RunEvent, type RunOptions, run } from "./run.js";
export { type Savable, type SaveOptions, saveModel } from "./saveModel.js";
export { Sgd, type SgdOptions } from "./sgd.js";
export { expectMetrics, expectNumbers, shownValue, TaskError } from "./taskError.js";
export { version } from "./version.js";
