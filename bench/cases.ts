import { textNeurons } from "../src/experiments/ptb/model.js";
import { ptb } from "../src/experiments/ptb/ptb.js";
import { proceduralImages } from "../src/tasks/imageSets/procedural.js";
import { imagesEpisode, naturalImages } from "../src/tasks/images.js";
import { fullPatterns, type PatternsOptions, patternsEpisode, smallPatterns } from "../src/tasks/patterns.js";
import { random } from "../src/tasks/random.js";
import { resolveOptions } from "../src/training/index.js";
import { type AgentKind, agentProblem } from "./agentProblem.js";
import { type FastKind, fastProblem } from "./fastProblem.js";
import { lstmProblem } from "./lstmProblem.js";
import { oneShotProblem } from "./oneShotProblem.js";
import { mazeProblem, type Problem, rnnProblem } from "./problem.js";
import { type TextKind, textProblem } from "./textProblem.js";

const SEED = 1;

const patterns = (name: string, task: PatternsOptions): Problem =>
  rnnProblem(
    patternsEpisode(task, random(SEED, `${name} episode`, 0)),
    { std: 0.01, eta: 0.01, lr: 3e-4, clamped: false },
    random(SEED, `${name} weights`, 0),
  );

const agent = (kind: AgentKind): Problem =>
  agentProblem(
    kind,
    { neurons: 100, batch: 30, steps: 200, size: 13 },
    { std: 0.05, lr: 1e-4 },
    random(SEED, kind, 0),
  );

const fast = (kind: FastKind, steps: number): Problem =>
  fastProblem(kind, { neurons: 64, heads: 8, steps }, { lr: 1e-6 }, random(SEED, kind, 0));

const omniglot = (batch: number): Problem =>
  oneShotProblem(
    { neurons: 64, batch, steps: 6, classes: 5, stepping: batch === 1 ? 1 : 0 },
    { eta: 0.5, lr: 1e-4 },
    random(SEED, "omniglot", 0),
  );

/** A training step of the experiment `ptb` with its preset `basic`, at as many parameters. */
function basicText(kind: TextKind, network: "lstm" | "modulated"): Problem {
  const options = resolveOptions(ptb, { ...ptb.presets!.basic, network });
  const { embedding, batch, steps, vocabulary: words, lr, clipNorm, weightDecay, initRange } = options;
  return textProblem(
    kind,
    { words, embedding, neurons: textNeurons(options, words), batch, steps },
    { lr, clipNorm, weightDecay },
    initRange,
    random(SEED, kind, 0),
  );
}

/** The measured cases by name: one full training step each (forward, loss, backward through time, the optimiser's). */
export const cases: Readonly<Record<string, () => Problem>> = {
  /** DP's full pattern task: 1000 neurons, 106 steps. */
  patterns: () => patterns("patterns", fullPatterns),
  /** DP's comparison task: 51 neurons, 11 steps. Shows the cost of each call rather than of arithmetic. */
  "patterns-small": () => patterns("patterns-small", smallPatterns),
  /** DP's image completion: 1025 clamped neurons, 201 steps. */
  images: () =>
    rnnProblem(
      imagesEpisode(proceduralImages(SEED), naturalImages, random(SEED, "images episode", 0)),
      { std: 0.01, eta: 0.01, lr: 1e-4, clamped: true },
      random(SEED, "images weights", 0),
    ),
  /** BP's maze network without the maze: 100 neurons, 30 episodes of 200 steps. */
  "maze-core": () =>
    mazeProblem(
      { neurons: 100, batch: 30, steps: 200 },
      { std: 0.05, eta: 0.03, lr: 1e-4 },
      random(SEED, "maze-core", 0),
    ),
  /** BP's maze as it is trained: 13 x 13, 30 episodes lived and learned from; for each network. */
  "maze-plastic": () => agent("agent-plastic"),
  /** One alpha for all connections, at as many neurons. */
  "maze-homogeneous": () => agent("agent-homogeneous"),
  "maze-modulated": () => agent("agent-modulated"),
  "maze-rnn": () => agent("agent-rnn"),
  /** A plastic LSTM of 256 units, 16 episodes of 20 steps. */
  "plastic-lstm": () =>
    lstmProblem(
      { neurons: 256, batch: 16, steps: 20, features: 64 },
      { eta: 0.03, lr: 1e-3 },
      random(SEED, "plastic-lstm", 0),
    ),
  /** BP's basic language model: 20 streams of 20 words, 10,000 words, two layers; 2,323 of these are an epoch. */
  "ptb-basic-lstm": () => basicText("text-lstm", "lstm"),
  "ptb-basic-modulated": () => basicText("text-modulated", "modulated"),
  /** DP's one-shot learning as published: one episode of six drawings; peers step through them one by one. */
  omniglot: () => omniglot(1),
  /** The same in batches of 16, for everybody with one convolution of all drawings. */
  "omniglot-16": () => omniglot(16),
  /** Fast-weight memories: 8 heads of 64 x 64, 1,024 steps and more. */
  "fast-kda": () => fast("fast-kda", 1024),
  "fast-gated-delta": () => fast("fast-gated-delta", 1024),
  "fast-gated-delta-4096": () => fast("fast-gated-delta", 4096),
  /** What a trace that decays takes alone, which the others are held against. */
  "fast-hebb": () => fast("fast-hebb", 1024),
};
