import type { Device } from "../devices/device.js";
import type { TraceChange } from "../layers/index.js";
import { frozen } from "../rules/index.js";
import type * as z from "../schema/index.js";
import { changeTraces, Tape } from "../tape/index.js";
import { type Environment, type Random, random } from "../tasks/index.js";
import { Agent } from "./agent.js";
import { type EvaluateOptions, rebuild } from "./evaluate.js";
import type { Experiment } from "./experiment.js";

/**
 * What is done to the traces halfway through an episode: nothing; no more learning; all forgotten; all mixed up. "unwritten":
 * they do not learn from the first step on, so that nothing is ever in them.
 */
export const ablations = ["intact", "frozen", "zeroed", "shuffled", "unwritten"] as const;
export type Ablation = (typeof ablations)[number];

/** What an agent did in some episodes. */
export interface AblationResult {
  /** The step before which the traces are changed; up to it rewards are those of the intact ones. */
  readonly changed: number;
  /** Mean over the episodes of the reward at each time step, [steps]. */
  readonly rewards: Float64Array;
  /** Mean reward of an episode from `halfway` on. */
  readonly secondHalf: number;
  /** What each episode measures, by name. */
  readonly episodes: readonly Readonly<Record<string, number>>[];
}

/** An agent's test episodes, lived again and again from the same beginnings, with its memory left alone or not. */
export interface Conduct {
  readonly environment: Environment;
  /** The middle of an episode. */
  readonly halfway: number;
  /** "intact" alone for networks without traces. */
  readonly results: Readonly<Partial<Record<Ablation, AblationResult>> & { intact: AblationResult }>;
  /** The first of the intact episodes. */
  readonly replay: Replay;
}

/** An episode, step by step. */
export interface Replay {
  readonly environment: Environment;
  /** Before the first step. */
  readonly start: unknown;
  readonly frames: readonly Frame[];
}

export interface Frame {
  /** The state of the environment after the step; what type it has, the environment knows. */
  readonly world: unknown;
  readonly action: number;
  readonly reward: number;
  /** The network's neuromodulator, the mean over its neurons if it is fanned out; null where it has none. */
  readonly modulator: number | null;
}

/**
 * How an agent behaves in fresh test episodes, and what its memory has to do with it: the same episodes, with the same
 * luck, while the traces of all plastic connections are left alone, frozen, zeroed or shuffled halfway, or never written.
 * Null for experiments without agents. Errors as `evaluateExperiment`.
 */
export function observeAgent<Schema extends z.ObjectSchema>(
  experiment: Experiment<Schema>,
  settings: Omit<EvaluateOptions, "signal">,
): Conduct | null {
  const { device, model: state, episodes = experiment.testEpisodes, seed = state.seed } = settings;
  return withAgent(experiment, settings, (agent) => {
    const { environment } = agent;
    const halfway = Math.floor(environment.steps / 2);
    const hasTraces = Object.values(agent.rules).some(({ traces }) => traces.length > 0);
    const resultOf = (ablation: Ablation): AblationResult => {
      const changed = ablation === "intact" || ablation === "unwritten" ? 0 : halfway;
      const rewards = new Float64Array(environment.steps);
      const measured: Record<string, number>[] = [];
      while (measured.length < episodes) {
        const first = measured.length;
        const judge = agent.prepare("test", seed, first);
        const mixing = random(seed, "shuffled traces", first);
        const output = agent.visit(new Tape(device, agent.batch, false), {
          ablate: { before: changed, change: changeFor[ablation](mixing) },
        }).outputs;
        const count = Math.min(agent.batch, episodes - first);
        for (let t = 0; t < environment.steps; t++) {
          for (let b = 0; b < count; b++) rewards[t]! += agent.rollout.rewards[t * agent.batch + b]!;
        }
        measured.push(...judge.measure(device.read(output.at(-1)!.value)).slice(0, count));
      }
      for (let t = 0; t < rewards.length; t++) rewards[t]! /= episodes;
      const secondHalf = rewards.subarray(halfway).reduce((sum, reward) => sum + reward, 0);
      return { changed, rewards, secondHalf, episodes: measured };
    };
    const shown = hasTraces ? ablations : (["intact"] as const);
    const results = Object.fromEntries(shown.map((ablation) => [ablation, resultOf(ablation)]));
    return {
      environment,
      halfway,
      results: results as Conduct["results"],
      replay: replayOf(agent, device, seed, 0),
    };
  });
}

/** One test episode of an agent, step by step; null for experiments without agents. Errors as `evaluateExperiment`. */
export function replayEpisode<Schema extends z.ObjectSchema>(
  experiment: Experiment<Schema>,
  settings: Omit<EvaluateOptions, "signal" | "episodes"> & { readonly episode: number },
): Replay | null {
  const { device, model: state, seed = state.seed, episode } = settings;
  return withAgent(experiment, settings, (agent) => replayOf(agent, device, seed, episode));
}

function withAgent<Schema extends z.ObjectSchema, Result>(
  experiment: Experiment<Schema>,
  settings: Omit<EvaluateOptions, "signal">,
  use: (agent: Agent<unknown, unknown>) => Result,
): Result | null {
  const model = rebuild(experiment, settings);
  try {
    return model instanceof Agent ? use(model) : null;
  } finally {
    model.release();
  }
}

function replayOf(agent: Agent<unknown, unknown>, device: Device, seed: number, episode: number): Replay {
  agent.prepare("test", seed, episode);
  const start = structuredCopy(agent.worlds[0]);
  const frames: Frame[] = [];
  agent.visit(new Tape(device, agent.batch, false), {
    onStep: ({ t, worlds, modulator }) => {
      const signals = modulator ? Array.from(device.read(device.view(modulator.value, 0, 1))) : null;
      frames.push({
        world: structuredCopy(worlds[0]),
        action: agent.rollout.actions[t * agent.batch]!,
        reward: agent.rollout.rewards[t * agent.batch]!,
        modulator: signals && signals.reduce((sum, m) => sum + m, 0) / signals.length,
      });
    },
  });
  return { environment: agent.environment, start, frames };
}

/**
 * An environment's state as it stands, with all arrays and objects in it, as a step may change any of them; functions, as a
 * stream of random numbers has them, are shared, and so are maps and sets.
 */
function structuredCopy(value: unknown, known = new Map<unknown, unknown>()): unknown {
  if (typeof value !== "object" || value === null || value instanceof Map || value instanceof Set)
    return value;
  if (ArrayBuffer.isView(value)) return "slice" in value ? (value as Uint8Array).slice() : value;
  const before = known.get(value);
  if (before) return before;
  const copy = Array.isArray(value) ? [] : Object.create(Object.getPrototypeOf(value));
  known.set(value, copy);
  for (const [key, each] of Object.entries(value)) copy[key] = structuredCopy(each, known);
  return copy;
}

const freeze: TraceChange = (traces, { rule }) => changeTraces(traces, frozen(rule), (values) => values);

const changeFor: Readonly<Record<Ablation, (random: Random) => TraceChange>> = {
  intact: () => (traces) => traces,
  frozen: () => freeze,
  unwritten: () => freeze,
  zeroed:
    () =>
    (traces, { rule }) =>
      changeTraces(traces, rule, (values, trace) =>
        values.map(() => rule.initial[trace] ?? rule.neuronTraces[trace]!.init),
      ),
  shuffled:
    (mixing) =>
    (traces, { rule, pre, post }) => {
      // The same places for all traces and all episodes of the batch: who means what is lost, nothing else.
      // The same neurons for all traces of theirs.
      const shuffled = (count: number) => {
        const places = Array.from({ length: count }, (_, k) => k);
        mixing.shuffle(places);
        return places;
      };
      const places = { connection: shuffled(pre * post), pre: shuffled(pre), post: shuffled(post) };
      return changeTraces(traces, rule, (values, trace) => {
        const among = places[rule.neuronTraces[trace]?.per ?? "connection"];
        return values.map((_, k) => {
          const within = k % among.length;
          return values[k - within + among[within]!]!;
        });
      });
    },
};
