import type { Device } from "../devices/device.js";
import type * as z from "../schema/index.js";
import { Tape } from "../tape/index.js";
import { type Environment, random } from "../tasks/index.js";
import { Agent } from "./agent.js";
import { type EvaluateOptions, rebuild } from "./evaluate.js";
import type { Experiment } from "./experiment.js";
import { GoalVisits, type PlaceVisits } from "./goalVisits.js";
import { donorOf, type InterventionName, interventionOf, possibleInterventions } from "./interventions.js";
import { type MeanInterval, meanInterval } from "./meanInterval.js";

/** What an agent did in some episodes. */
export interface InterventionResult {
  /** The step before which something is changed; up to it rewards are those of the intact ones. */
  readonly changed: number;
  /** Mean over the episodes of the reward at each time step, [steps]. */
  readonly rewards: Float64Array;
  /** Mean reward of an episode from `halfway` on. */
  readonly secondHalf: number;
  /** The same with its interval. */
  readonly secondHalfInterval: MeanInterval;
  /** What each episode measures, by name. */
  readonly episodes: readonly Readonly<Record<string, number>>[];
  /** Where the goal is, and where memory or activity came from, or the goal was before; null for tasks without a goal. */
  readonly goals: { readonly own: PlaceVisits; readonly other: PlaceVisits | null } | null;
}

/** An agent's test episodes, lived again and again from the same beginnings, with its memory left alone or not. */
export interface Conduct {
  readonly environment: Environment;
  /** The middle of an episode. */
  readonly halfway: number;
  /** Those that can be made: see `possibleInterventions`. */
  readonly results: Readonly<
    Partial<Record<InterventionName, InterventionResult>> & { intact: InterventionResult }
  >;
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

/** A step of an episode that is played for somebody to watch. */
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
 * luck, under every intervention. Goals that move by themselves are held where they are, so that what moves one is the test.
 * Null for experiments without agents. Errors as `evaluateExperiment`.
 */
export function observeAgent<Schema extends z.ObjectSchema>(
  experiment: Experiment<Schema>,
  settings: Omit<EvaluateOptions, "signal">,
): Conduct | null {
  const { device, model: state, episodes = experiment.testEpisodes, seed = state.seed } = settings;
  return withAgent(experiment, settings, (agent) => {
    const { environment, batch, rules } = agent;
    const possible = possibleInterventions({
      traces: Object.values(rules).some(({ traces }) => traces.length > 0),
      goals: environment.goals !== undefined,
      batch,
    });
    const results = Object.fromEntries(
      possible.map((name) => [name, underIntervention(agent, device, name, { episodes, seed })]),
    );
    return {
      environment,
      halfway: halfwayOf(environment),
      results: results as Conduct["results"],
      replay: replayOf(agent, device, seed, 0),
    };
  });
}

const halfwayOf = ({ steps }: Environment): number => Math.floor(steps / 2);

function underIntervention(
  agent: Agent<unknown, unknown>,
  device: Device,
  name: InterventionName,
  { episodes, seed }: { readonly episodes: number; readonly seed: number },
): InterventionResult {
  const { environment, batch } = agent;
  const { steps, goals } = environment;
  const intervention = interventionOf[name];
  const halfway = halfwayOf(environment);
  const changed = intervention.fromStart ? 0 : halfway;
  const rewards = new Float64Array(steps);
  const halves: number[] = [];
  const measured: Record<string, number>[] = [];
  const counter = goals ? new GoalVisits(goals, steps, halfway) : null;
  while (measured.length < episodes) {
    const first = measured.length;
    const judge = agent.prepare("test", seed, first);
    const { worlds } = agent;
    for (const world of worlds) goals?.hold(world);
    const count = Math.min(batch, episodes - first);
    counter?.begin(worlds, count, intervention.swaps ? (b) => donorOf(b, batch) : null);
    const context = { batch, random: random(seed, "shuffled traces", first) };
    const output = agent.visit(new Tape(device, batch, false), {
      onStep: ({ t }) => counter?.see(t, worlds),
      change: {
        before: changed,
        traces: intervention.traces?.(context),
        activity: intervention.activity?.(context),
        ...(intervention.movesGoal && {
          worlds: () =>
            counter!.move(worlds, (world, b) => goals!.move(world, random(seed, "moved goals", first + b))),
        }),
      },
    }).outputs;
    for (let b = 0; b < count; b++) {
      let half = 0;
      for (let t = 0; t < steps; t++) {
        const reward = agent.rollout.rewards[t * batch + b]!;
        rewards[t]! += reward / episodes;
        if (t >= halfway) half += reward;
      }
      halves.push(half);
    }
    measured.push(...judge.measure(device.read(output.at(-1)!.value)).slice(0, count));
  }
  const secondHalfInterval = meanInterval(halves);
  return {
    changed,
    rewards,
    secondHalf: secondHalfInterval.mean,
    secondHalfInterval,
    episodes: measured,
    goals: counter?.result() ?? null,
  };
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
