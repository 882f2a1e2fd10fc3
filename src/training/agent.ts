import type { Buffer, Device } from "../devices/device.js";
import { type Cell, type Gaussian, Linear, rulesOf, type TraceChange } from "../layers/index.js";
import type { Rule } from "../rules/rule.js";
import { hostLoss, type Parameter, type Tape, type Tensor } from "../tape/index.js";
import { type Environment, type Random, random } from "../tasks/index.js";
import { type ActorCriticOptions, actorCriticLoss, Rollout } from "./actorCritic.js";
import type { AdamOptions } from "./adam.js";
import { tracesOf } from "./episode.js";
import type { EpisodeJudge, LivedEpisode, Split, TrainableModel } from "./experiment.js";
import { changeActivity } from "./interventions.js";
import { cellWithReadout, type Network } from "./network.js";
import { expectMetrics, expectNumbers, shownValue, TaskError } from "./taskError.js";

/** What an `Agent` is made of: a cell, a world to act in, a loss and an optimizer. */
export interface AgentOptions<CellState, World> {
  /** Takes an observation a step. */
  readonly cell: Cell<CellState>;
  readonly environment: Environment<World>;
  /** Episodes side by side. */
  readonly batch: number;
  readonly loss: ActorCriticOptions;
  readonly adam: AdamOptions;
}

/** A step of a batch of episodes, after it was taken. */
export interface RolloutStep<World> {
  /** From 0. */
  readonly t: number;
  /** The state of each episode's environment: it changes as the episode goes on. */
  readonly worlds: readonly World[];
  /** The network's neuromodulator, [batch, 1] or [batch, neurons]; null where it has none. */
  readonly modulator: Tensor | null;
}

export interface Visit<World> {
  readonly onStep?: (moment: RolloutStep<World>) => void;
  /** What is changed before one of the steps; not while training. */
  readonly change?: {
    readonly before: number;
    /** Of the worlds, in place. */
    readonly worlds?: (worlds: readonly World[]) => void;
    /** Of the traces of every plastic connection. */
    readonly traces?: TraceChange;
    /** Of what neurons do: of all numbers in the cell's state but traces, [batch, ...] at a time. */
    readonly activity?: (values: Float32Array | Float64Array) => ArrayLike<number>;
  };
}

/**
 * A recurrent network that acts in an environment and learns between episodes by advantage actor-critic over whole
 * episodes: one linear layer reads the policy's logits and the value from the cell's output. Miconi et al. 2018 and 2019,
 * maze task. Living an episode is the forward pass of learning from it: nothing is computed twice.
 */
export class Agent<CellState, World> implements TrainableModel {
  readonly parameters: readonly Parameter[];
  readonly adam: AdamOptions;
  readonly rules: Readonly<Record<string, Rule>>;
  readonly network: Network;
  readonly batch: number;
  readonly environment: Environment<World>;
  /** The states of the episodes lived last, or prepared. */
  readonly worlds: World[] = [];
  /** What was done and earned in them. */
  readonly rollout: Rollout;
  private readonly heads: Linear;
  private dice: Random[] = [];
  /** Observations of all steps, [steps * batch, observations], and of one step on the host. */
  private readonly observations: Buffer;
  private readonly seen: Float32Array;
  /** The heads' outputs of one step on the host, [batch, actions + 1]. */
  private readonly heard: Float32Array;
  private readonly loss: Buffer;
  /** dL/d(heads' outputs) of all steps, [steps * batch, actions + 1]. */
  private readonly slope: Buffer;
  private readonly slopeOnHost: Float64Array;

  /** `random` initialises the heads. Throws a TaskError for an environment that lacks something. */
  constructor(
    private readonly device: Device,
    private readonly options: AgentOptions<CellState, World>,
    random: Gaussian,
  ) {
    const { cell, environment, batch, adam } = options;
    expectEnvironment(environment);
    const { actions, steps, observations } = environment;
    this.heads = new Linear(device, "heads", cell.neurons, actions + 1, random);
    this.parameters = [...cell.parameters, ...this.heads.parameters];
    this.adam = adam;
    this.rules = rulesOf(cell.connections);
    this.network = cellWithReadout("observation", cell, observations, this.heads);
    this.batch = batch;
    this.environment = environment;
    this.rollout = new Rollout(steps, batch, actions);
    this.observations = device.allocate(steps * batch, observations);
    this.seen = new Float32Array(batch * observations);
    this.heard = new Float32Array(batch * (actions + 1));
    this.loss = device.allocate(1, 1);
    this.slope = device.allocate(steps * batch, actions + 1);
    this.slopeOnHost = new Float64Array(steps * batch * (actions + 1));
  }

  prepare(split: Split, seed: number, first: number): EpisodeJudge {
    const { environment } = this;
    const episodes = Array.from({ length: this.batch }, (_, b) => first + b);
    episodes.forEach((episode, b) => {
      const world = environment.reset(random(seed, split, episode));
      if (typeof world !== "object" || world === null || world instanceof Promise) {
        throw new TaskError(
          `reset: expected an object, the state that step changes, got ${shownValue(world)}`,
        );
      }
      this.worlds[b] = world;
    });
    this.dice = episodes.map((episode) => random(seed, `${split} actions`, episode));
    return {
      measure: () =>
        this.worlds.map((world, b) => {
          const rewards = this.rewardsOf(b);
          if (environment.measure) return expectMetrics(environment.measure(world, rewards));
          return { reward: rewards.reduce((sum, each) => sum + each, 0) };
        }),
    };
  }

  live(tape: Tape): LivedEpisode {
    return this.visit(tape, {});
  }

  /** As `live`, with somebody who looks on, or who changes something. */
  visit(tape: Tape, { onStep, change }: Visit<World>): LivedEpisode {
    const { device, batch, heads } = this;
    const { cell } = this.options;
    const { steps } = this.environment;
    const observations = tape.input(this.observations);
    const seen = Array.from({ length: steps }, (_, t) => tape.rows(observations, t * batch, batch));
    const outputs: Tensor[] = [];
    let state = cell.begin(tape, steps);
    device.host(() => this.observe(0, seen[0]!.value));
    for (let t = 0; t < steps; t++) {
      if (change?.before === t) {
        change.worlds?.(this.worlds);
        if (change.traces) state = cell.mapTraces(state, change.traces);
        if (change.activity) state = changeActivity(tape, cell, state, change.activity);
      }
      const step = cell.step(tape, state, seen[t]!);
      const heard = heads.apply(tape, step.output);
      device.host(() => {
        this.act(t, heard.value);
        if (t + 1 < steps) this.observe(t + 1, seen[t + 1]!.value);
      });
      state = step.state;
      outputs.push(heard);
      onStep?.({ t, worlds: this.worlds, modulator: step.modulator ?? null });
    }
    return { loss: this.lossOf(tape, outputs), outputs, traces: () => tracesOf(tape, cell, state) };
  }

  release(): void {
    for (const buffer of [this.observations, this.loss, this.slope]) this.device.release(buffer);
    for (const parameter of this.parameters) parameter.release();
  }

  private observe(t: number, into: Buffer): void {
    const { environment, seen } = this;
    const { observations } = environment;
    // Whatever is not written is not a number afterwards.
    seen.fill(Number.NaN);
    for (let b = 0; b < this.batch; b++) {
      const returned = environment.observe(this.worlds[b]!, seen, b * observations);
      if (!returned) continue;
      expectNumbers(`observe, step ${t}`, returned, observations, `observations = ${observations}`);
      seen.set(returned, b * observations);
    }
    for (let k = 0; k < seen.length; k++) {
      if (!Number.isFinite(seen[k])) throw unobserved(t, k % observations, observations, seen[k]!);
    }
    this.device.write(into, seen);
  }

  private act(t: number, heard: Buffer): void {
    const { batch, rollout } = this;
    const actions = rollout.act(t, this.device.readInto(heard, this.heard), this.roll);
    for (let b = 0; b < batch; b++) {
      const reward = this.environment.step(this.worlds[b]!, actions[b]!);
      if (!Number.isFinite(reward)) {
        throw new TaskError(
          `step ${t}, action ${actions[b]}: expected a finite number, the reward, got ${shownValue(reward)}`,
        );
      }
      rollout.rewards[t * batch + b] = reward;
    }
  }

  private readonly roll = (episode: number): number => this.dice[episode]!.uniform();

  private lossOf(tape: Tape, outputs: readonly Tensor[]): Tensor {
    const { device, batch, rollout, slope, slopeOnHost } = this;
    device.host(() => {
      device.write(this.loss, [actorCriticLoss(rollout, this.options.loss, slopeOnHost)]);
      if (tape.recording) device.write(slope, slopeOnHost);
    });
    const inputs = outputs.map((tensor, t) => ({ tensor, gradient: device.view(slope, t * batch, batch) }));
    return hostLoss(tape, this.loss, inputs);
  }

  private rewardsOf(episode: number): Float64Array {
    const { steps, batch, rewards } = this.rollout;
    return Float64Array.from({ length: steps }, (_, t) => rewards[t * batch + episode]!);
  }
}

const MOST_ACTIONS = 256;

function expectEnvironment(environment: Environment): void {
  const { actions, observations, steps } = environment;
  const whole = (name: string, value: unknown, least: number, most = Number.MAX_SAFE_INTEGER) => {
    if (Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most) return;
    const range = most < Number.MAX_SAFE_INTEGER ? `from ${least} to ${most}` : `of at least ${least}`;
    throw new TaskError(`environment: ${name}: expected a whole number ${range}, got ${shownValue(value)}`);
  };
  whole("actions", actions, 2, MOST_ACTIONS);
  whole("observations", observations, 1);
  whole("steps", steps, 1);
  for (const name of ["reset", "observe", "step"] as const) {
    if (typeof environment[name] === "function") continue;
    throw new TaskError(`environment: ${name}: expected a function, got ${shownValue(environment[name])}`);
  }
}

const unobserved = (t: number, k: number, count: number, value: number): TaskError =>
  new TaskError(
    `observe, step ${t}: observation ${k} (of 0 to ${count - 1}) is ${value}; all ${count} must be finite numbers, written or ` +
      "returned at every step",
  );
