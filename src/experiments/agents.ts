import type { Device } from "../devices/device.js";
import type { RuleData } from "../rules/index.js";
import * as z from "../schema/index.js";
import type { Parameter } from "../tape/index.js";
import { type Environment, random } from "../tasks/index.js";
import {
  Agent,
  type BuildContext,
  concentration,
  defineExperiment,
  type Experiment,
  type MetricDefinition,
  negativeEntropy,
  type TrainableModel,
} from "../training/index.js";
import {
  aFunction,
  aMetric,
  type ExperimentWords,
  expectDefinition,
  type OptionShape,
  type Options,
} from "./definition.js";
import {
  namesOf,
  networks,
  networkWords,
  type PlasticitySettings,
  plasticityOptions,
  rules,
  sized,
} from "./networks.js";
import { choiceOption, integerOption, numberOption, ruleOf, ruleOption } from "./options.js";

/** A departure of every network with alphas, from the programs of the second paper. */
export const initialAlpha =
  "Initial alphas are normal with a standard deviation of 0.01, as in the first paper; the program's are uniform from 0 to 0.01.";

const penalties = { concentration, entropy: negativeEntropy };

/** Every option of an experiment with an agent, as `usual` may change its default. */
export interface AgentDefaults extends PlasticitySettings {
  readonly network: keyof typeof networks;
  readonly neurons: number;
  readonly batch: number;
  readonly rule: keyof typeof rules;
  readonly eta: number;
  readonly lr: number;
  readonly eps: number;
  readonly clipNorm: number;
  readonly gamma: number;
  readonly value: number;
  readonly penalty: keyof typeof penalties;
  readonly penaltyCoefficient: number;
}

/** Those of the smaller of the published maze experiments, but for a larger learning rate. */
const usualDefaults: AgentDefaults = {
  network: "plastic",
  neurons: 100,
  batch: 30,
  rule: "clippedHebb",
  plasticFrom: "hidden",
  pre: "present",
  equal: "parameters",
  eta: 0.01,
  lr: 1e-3,
  eps: 1e-8,
  clipNorm: 4,
  gamma: 0.9,
  value: 0.1,
  penalty: "concentration",
  penaltyCoefficient: 0.03,
};

/** The options of every experiment with an agent. */
export function agentOptions(usual: Partial<AgentDefaults> = {}) {
  const start = { ...usualDefaults, ...usual };
  const positive = (value: number, words: string) => z.number().positive().default(value).describe(words);
  return {
    network: choiceOption(start.network, networkWords, namesOf(networks)),
    neurons: integerOption(start.neurons, "neurons of the plastic network, plastic from its output", {
      min: 1,
      max: 2048,
    }),
    rule: ruleOption(rules, start.rule, "how connections learn where nothing modulates them"),
    ...plasticityOptions(start),
    eta: positive(
      start.eta,
      "initial rate of the trace, of eligibility where that has one; not of a rule of your own",
    ),
    batch: integerOption(start.batch, "episodes lived side by side", { min: 1, max: 1024 }),
    lr: positive(start.lr, "learning rate of Adam"),
    eps: positive(start.eps, "epsilon of Adam"),
    clipNorm: positive(start.clipNorm, "largest norm of the gradient"),
    gamma: numberOption(start.gamma, "discount of a reward per step ahead", { min: 0, max: 1 }),
    value: numberOption(start.value, "weight of the values' squared error", { min: 0 }),
    penalty: choiceOption(start.penalty, "what keeps the policy from settling too early", namesOf(penalties)),
    penaltyCoefficient: numberOption(start.penaltyCoefficient, "weight of the penalty", { min: 0 }),
  };
}

/** Options of an experiment with an agent, once they are chosen; the rule may be one of your own. */
export type AgentSettings = Omit<AgentDefaults, "rule"> & { readonly rule: keyof typeof rules | RuleData };

/**
 * A network of the kind asked for, acting in an environment, trained by actor-critic (see `Agent`).
 * Throws a TaskError for an environment that lacks something.
 */
export function buildAgent<World>(
  settings: AgentSettings,
  environment: Environment<World>,
  { device, seed }: Pick<BuildContext<unknown>, "device" | "seed">,
): TrainableModel {
  const { actions, observations: inputs, steps } = environment;
  const { batch, lr, eps, clipNorm, gamma } = settings;
  const network = networks[settings.network];
  const plastic = ruleOf(rules, settings.rule);
  const rule = network.rule(plastic);
  const { neurons, plasticity } = sized(network, settings, inputs, actions + 1);
  device.expectRoom({ rule, batch, pre: neurons, post: neurons, steps });
  const weights = random(seed, "weights", 0);
  const cell = network.cell({ device, inputs, neurons, rule: plastic, plasticity, random: weights });
  if (typeof settings.rule === "string") startRates(device, cell.parameters, settings.eta);
  return new Agent(
    device,
    {
      cell,
      environment,
      batch,
      loss: {
        gamma,
        valueCoefficient: settings.value,
        penalty: penalties[settings.penalty],
        penaltyCoefficient: settings.penaltyCoefficient,
      },
      adam: { lr, eps, clipNorm },
    },
    weights,
  );
}

/** Gives every rate of a trace its first value. */
function startRates(device: Device, parameters: readonly Parameter[], eta: number): void {
  for (const { name, value, shape } of parameters) {
    if (name.endsWith(".eta")) device.write(value, new Float32Array(shape[0] * shape[1]).fill(eta));
  }
}

/** An experiment with an agent. */
export interface AgentDefinition<Own extends OptionShape, World> extends ExperimentWords {
  /** What `agentOptions` start from. */
  readonly usual?: Partial<AgentDefaults>;
  /** Options beyond those, or in their place. */
  readonly options?: Own;
  /** `reward`, unless given: see `Environment.measure`. */
  readonly metric?: MetricDefinition;
  readonly environment: (options: Options<ReturnType<typeof agentOptions> & Own>) => Environment<World>;
}

/**
 * An experiment in which a network acts in an environment and learns from rewards.
 * @throws ExperimentError for a definition that lacks something
 */
export function agentExperiment<Own extends OptionShape = Record<never, never>, World = unknown>(
  definition: AgentDefinition<Own, World>,
): Experiment {
  const fields = {
    environment: aFunction("a function that makes an environment of the options"),
    metric: aMetric,
  };
  expectDefinition(definition, fields, agentOptions());
  const { usual, options, metric = rewardMetric, environment, ...words } = definition;
  return defineExperiment({
    ...words,
    metric,
    schema: z.object({ ...agentOptions(usual), ...options }),
    build: ({ options: chosen, ...context }) =>
      buildAgent(
        chosen as AgentSettings,
        environment(chosen as Options<ReturnType<typeof agentOptions> & Own>),
        context,
      ),
  }) as unknown as Experiment;
}

const rewardMetric: MetricDefinition = {
  name: "reward",
  label: "reward of an episode",
  better: "higher",
};
