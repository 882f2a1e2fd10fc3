import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Random } from "../src/tasks/random.js";
import type { AgentKind } from "./agentProblem.js";
import { type TextKind, textParameters } from "./textProblem.js";

export type ProblemKind =
  | "rnn"
  | "maze"
  | "lstm"
  | "one-shot"
  | "fast-hebb"
  | "fast-gated-delta"
  | "fast-kda"
  | TextKind
  | AgentKind;

/**
 * One training problem, complete: every peer of a benchmark loads the same numbers. Row-major float32,
 * matrices as [pre, post]. The trace H starts at 0, so does the state before step 0.
 */
export interface Problem {
  /**
   * `rnn`: one episode of x(t) = tanh(x(t-1) @ (w + alpha * H) + input(t)), where `clamped` is 1 only for neurons whose
   * input is 0 (the others take it as their value); H <- (1 - eta) * H + eta * outer(x(t-1), x(t));
   * loss = sum of (x - target)^2 over the first `outputs` neurons at the last step.
   *
   * `maze`: `batch` episodes of h(t) = tanh(x(t) @ i2h + i2hBias + h(t-1) @ (w + alpha * H)), each with its own
   * H <- clip(H + eta * outer(h(t-1), h(t)), -1, 1); logits = h @ h2o + h2oBias, value = h @ h2v + h2vBias;
   * loss = sum(logits * ca) + sum(value * cv) over all steps.
   *
   * `lstm`: see lstmProblem.ts. `one-shot`: see oneShotProblem.ts. `fast-...`: see fastProblem.ts. `text-...`: see
   * textProblem.ts. `agent-...`: see agentProblem.ts.
   */
  readonly kind: ProblemKind;
  /** Sizes and constants by name; `lr` is Adam's, whose beta1, beta2, eps are .9, .999, 1e-8 (a text's: of plain descent). */
  readonly sizes: Readonly<Record<string, number>>;
  /** What is trained, by name. */
  readonly params: Readonly<Record<string, Float32Array>>;
  readonly inputs: Readonly<Record<string, Float32Array>>;
}

/** An episode of a task that a plastic RNN is to complete: `PatternsEpisode` and `ImagesEpisode` are such. */
export interface Completion {
  /** [steps, neurons] */
  readonly inputs: Float32Array;
  readonly steps: number;
  readonly neurons: number;
  /** At most one number a neuron. */
  readonly target: Float32Array;
}

export interface NetworkOptions {
  /** Standard deviation of w and of alpha. */
  readonly std: number;
  readonly eta: number;
  readonly lr: number;
}

export const normals = (rng: Random, std: number, ...shape: number[]) =>
  rng.fillNormal(new Float32Array(shape.reduce((a, b) => a * b)), std);

/** A plastic RNN (DP eq. 1-2) on one episode. */
export function rnnProblem(
  episode: Completion,
  options: NetworkOptions & { readonly clamped: boolean },
  rng: Random,
): Problem {
  const { neurons, steps, inputs, target } = episode;
  const { std, eta, lr } = options;
  return {
    kind: "rnn",
    sizes: { neurons, steps, outputs: target.length, clamped: Number(options.clamped), lr },
    params: {
      w: normals(rng, std, neurons, neurons),
      alpha: normals(rng, std, neurons, neurons),
      eta: Float32Array.of(eta),
    },
    inputs: { input: inputs, target },
  };
}

/** The recurrent core of the maze's actor-critic (BP 4.2) on random observations, with random loss weights. */
export function mazeProblem(
  size: { readonly neurons: number; readonly batch: number; readonly steps: number },
  options: NetworkOptions,
  rng: Random,
): Problem {
  const { neurons, batch, steps } = size;
  // 3 x 3 neighbourhood, bias, time, reward, one-hot previous action of 4.
  const features = 16;
  const actions = 4;
  const { std, eta, lr } = options;
  return {
    kind: "maze",
    sizes: { neurons, batch, steps, features, actions, lr },
    params: {
      w: normals(rng, std, neurons, neurons),
      alpha: normals(rng, std, neurons, neurons),
      eta: Float32Array.of(eta),
      i2h: normals(rng, 1 / Math.sqrt(features), features, neurons),
      i2hBias: normals(rng, 0.1, neurons),
      h2o: normals(rng, 1 / Math.sqrt(neurons), neurons, actions),
      h2oBias: normals(rng, 0.1, actions),
      h2v: normals(rng, 1 / Math.sqrt(neurons), neurons),
      h2vBias: normals(rng, 0.1, 1),
    },
    inputs: {
      x: normals(rng, 0.5, steps, batch, features),
      ca: normals(rng, 0.1, steps, batch, actions),
      cv: normals(rng, 0.1, steps, batch),
    },
  };
}

/**
 * Writes a problem where peers in any language can read it: `problem.txt` with a line `kind KIND` and one line
 * `NAME NUMBER` a size, and each array as raw little-endian float32 in `NAME.f32`.
 */
export function writeProblem(problem: Problem, directory: string): void {
  mkdirSync(directory, { recursive: true });
  const lines = Object.entries(problem.sizes).map(([name, value]) => `${name} ${value}`);
  writeFileSync(join(directory, "problem.txt"), [`kind ${problem.kind}`, ...lines, ""].join("\n"));
  for (const [name, data] of Object.entries({ ...problem.params, ...problem.inputs })) {
    writeFileSync(join(directory, `${name}.f32`), data);
  }
}

const agent = ["i2h", "i2hBias", "w", "heads", "headsBias"];
const layers = [1, 2, 3, 4].flatMap((layer) => [`conv${layer}`, `conv${layer}Bias`]);
const PARAMS: Readonly<Record<ProblemKind, readonly string[]>> = {
  rnn: ["w", "alpha", "eta"],
  maze: ["w", "alpha", "eta", "i2h", "i2hBias", "h2o", "h2oBias", "h2v", "h2vBias"],
  lstm: ["xf", "xi", "xo", "xg", "yf", "yi", "yo", "w", "bf", "bi", "bo", "bg", "alpha", "eta"],
  "one-shot": [...layers, "w", "alpha", "eta"],
  "fast-hebb": ["k", "v", "q", "eta"],
  "fast-gated-delta": ["k", "v", "q", "g", "beta"],
  "fast-kda": ["k", "v", "q", "a", "beta"],
  "text-lstm": textParameters("text-lstm"),
  "text-modulated": textParameters("text-modulated"),
  "agent-plastic": [...agent, "alpha", "eta"],
  "agent-homogeneous": [...agent, "alpha", "eta"],
  "agent-modulated": [...agent, "alpha", "modulator", "modulatorBias"],
  "agent-rnn": agent,
};
const INPUTS: Readonly<Record<ProblemKind, readonly string[]>> = {
  rnn: ["input", "target"],
  maze: ["x", "ca", "cv"],
  lstm: ["x", "cy"],
  "one-shot": ["pictures", "labels"],
  "fast-hebb": ["co"],
  "fast-gated-delta": ["co"],
  "fast-kda": ["co"],
  "text-lstm": ["tokens"],
  "text-modulated": ["tokens"],
  "agent-plastic": [],
  "agent-homogeneous": [],
  "agent-modulated": [],
  "agent-rnn": [],
};
const isKind = (text: string | undefined): text is ProblemKind =>
  text !== undefined && Object.hasOwn(PARAMS, text);

/** Reads what `writeProblem` wrote. */
export function readProblem(directory: string): Problem {
  const lines = readFileSync(join(directory, "problem.txt"), "utf8").trim().split("\n");
  const fields = Object.fromEntries(lines.map((line) => line.split(" ") as [string, string]));
  const kind = fields.kind;
  if (!isKind(kind)) {
    throw new Error(
      `readProblem: kind must be one of ${Object.keys(PARAMS).join(", ")}, got ${kind}; write the problem with writeProblem`,
    );
  }
  const arrays = (names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, readFloats(join(directory, `${name}.f32`))]));
  const { kind: _, ...sizes } = fields;
  return {
    kind,
    sizes: Object.fromEntries(Object.entries(sizes).map(([name, value]) => [name, Number(value)])),
    params: arrays(PARAMS[kind]),
    inputs: arrays(INPUTS[kind]),
  };
}

/** A file of raw little-endian float32. */
export function readFloats(path: string): Float32Array {
  const bytes = readFileSync(path);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}
