import type { Device } from "../devices/device.js";
import {
  type Cell,
  FastWeightsRnn,
  fanOutModulator,
  type Gaussian,
  irnn,
  Linear,
  Lstm,
  type LstmOptions,
  type ModulatorMaker,
  type PlasticFrom,
  type PlasticityOptions,
  PlasticRnn,
  type PreStep,
  Projected,
  singleModulator,
} from "../layers/index.js";
import {
  clippedHebb,
  decayingHebb,
  fanOutModulation,
  fastWeights,
  nonplastic,
  oja,
  retroactive,
  simpleModulation,
  withRates,
} from "../rules/index.js";
import type { Rule } from "../rules/rule.js";
import type { MapDefinition, Parameter } from "../tape/index.js";
import { choiceOption } from "./options.js";

/** The plasticity rules that a network without a modulator may be given. */
export const rules = { decayingHebb, oja, clippedHebb };

/** What a network is made for. */
export interface NetworkContext {
  readonly device: Device;
  readonly inputs: number;
  readonly neurons: number;
  /** The rule where nothing modulates plasticity. */
  readonly rule: Rule;
  /** Which connections of a plastic network learn, and from which step; those from its output, and this one, unless given. */
  readonly plasticity?: PlasticityOptions;
  readonly random: Gaussian;
}

/** A cell, and what turns its output into an answer, where that is not its first neurons. */
export interface CompletionNetwork {
  readonly cell: Cell<unknown>;
  readonly readout: Linear | null;
  /** What the task's inputs are multiplied by. */
  readonly scale: number;
  readonly parameters: readonly Parameter[];
}

export interface CompletionContext extends NetworkContext {
  /** How a recurrent network takes its input, one number a neuron. */
  readonly activation: MapDefinition;
  /** Constants of the rule that are not learned. */
  readonly fixed: readonly string[];
  /** Numbers in an answer. */
  readonly answers: number;
  /** The task's largest input: an LSTM gets inputs of up to 1, larger ones would saturate its gates. */
  readonly largest: number;
}

/** A kind of recurrent network. */
export interface NetworkKind {
  readonly rule: (plastic: Rule) => Rule;
  /** True if, in tasks of completion, every number of input and answer belongs to a neuron of its own. */
  readonly neuronPerInput: boolean;
  /** For tasks that have another number of inputs than the network has neurons. */
  readonly cell: (context: NetworkContext) => Cell<unknown>;
  /** For tasks that ask neurons for what they were shown. */
  readonly completion: (context: CompletionContext) => CompletionNetwork;
  /** Learned numbers in a cell, but for a few of the whole layer. `from`: where it is plastic, if it is. */
  readonly size: (neurons: number, inputs: number, from?: PlasticFrom) => number;
}

/** Alphas of the connections that learn, beside those from the output. */
const inputAlphas = (n: number, inputs: number, from: PlasticFrom) =>
  ({ hidden: 0, input: inputs * n - n * n, both: inputs * n })[from];

const recurrent = (
  rule: (plastic: Rule) => Rule,
  /** Whether each connection has an alpha. */
  alphas: 0 | 1,
  modulator?: ModulatorMaker,
): NetworkKind => ({
  rule,
  neuronPerInput: true,
  cell: ({ device, inputs, neurons, rule: plastic, plasticity = {}, random }) => {
    const options = { neurons, rule: rule(plastic), modulator, ...plasticity };
    if ((plasticity.from ?? "hidden") !== "hidden" && options.rule.traces.length > 0) {
      return new PlasticRnn(device, { ...options, inputs }, random) as Cell<unknown>;
    }
    const network = new PlasticRnn(device, { ...options, from: "hidden" }, random);
    return new Projected(device, "input", inputs, network, random) as Cell<unknown>;
  },
  completion: ({ device, neurons, rule: plastic, random, activation, fixed }) => {
    const own = rule(plastic);
    const known = fixed.filter((name) => Object.hasOwn(own.params, name));
    const options = { neurons, rule: own, modulator, activation, fixed: known };
    const cell = new PlasticRnn(device, options, random);
    return { cell: cell as Cell<unknown>, readout: null, scale: 1, parameters: cell.parameters };
  },
  size: (n, inputs, from = "hidden") =>
    (1 + alphas) * n * n + alphas * inputAlphas(n, inputs, from) + (inputs + 1 + (modulator ? 1 : 0)) * n,
});

/** A network whose neurons are nothing of the task's own: its answers are read by a linear layer. */
const withReadout = (
  rule: (plastic: Rule) => Rule,
  cell: (context: NetworkContext) => Cell<unknown>,
  size: NetworkKind["size"],
): NetworkKind => ({
  rule,
  neuronPerInput: false,
  cell,
  completion: (context) => {
    const { device, neurons, answers, largest, random } = context;
    const made = cell(context);
    const readout = new Linear(device, "readout", neurons, answers, random);
    const parameters = [...made.parameters, ...readout.parameters];
    return { cell: made, readout, scale: 1 / largest, parameters };
  },
  size,
});

const lstm = (
  rule: (plastic: Rule) => Rule,
  alphas: 0 | 1,
  { modulator, alphaStd }: Pick<LstmOptions, "modulator" | "alphaStd"> = {},
): NetworkKind =>
  withReadout(
    rule,
    ({ device, inputs, neurons, rule: plastic, plasticity, random }) => {
      const options = { inputs, neurons, rule: rule(plastic), modulator, alphaStd, ...plasticity };
      return new Lstm(device, options, random) as Cell<unknown>;
    },
    (n, inputs, from = "hidden") =>
      (4 + alphas) * n * n +
      alphas * inputAlphas(n, inputs, from) +
      4 * (inputs + 1) * n +
      (modulator ? 3 * n : 0),
  );

const signalsOf = ({ signals }: Rule): string =>
  Object.entries(signals)
    .map(([signal, per]) => `${signal} per ${per}`)
    .join(", ");

/** The rule asked for, if it takes just the signals of the published one; else that. */
const modulated =
  (published: Rule) =>
  (plastic: Rule): Rule =>
    signalsOf(plastic) === signalsOf(published) ? plastic : published;

/** The rule asked for. Throws a RangeError where it needs a signal. */
function unmodulated(rule: Rule): Rule {
  if (signalsOf(rule) === "") return rule;
  throw new RangeError(
    `the rule ${rule.name} needs the signals ${signalsOf(rule)}, which this network does not give; network modulated gives m ` +
      "per episode, plastic-lstm m per post",
  );
}

/** The rule with another first eta, if it has one. */
const startingAt = (eta: number, rule: Rule): Rule =>
  rule.params.eta ? { ...rule, params: { ...rule.params, eta: { ...rule.params.eta, init: eta } } } : rule;

/** The networks that experiments compare; one flag changes the network and nothing else. */
export const networks = {
  /** Every connection has its own alpha; the rule is the experiment's. */
  plastic: recurrent(unmodulated, 1),
  /** The network modulates its own plasticity. */
  modulated: recurrent(modulated(simpleModulation), 1, singleModulator),
  /** ... after the fact, by way of an eligibility trace. */
  retroactive: recurrent(modulated(retroactive), 1, singleModulator),
  /** One alpha for all connections. */
  homogeneous: recurrent((rule) => withRates(unmodulated(rule), { alpha: "layer" }), 0),
  /** No plasticity: connections are the same throughout an episode. */
  rnn: recurrent(() => nonplastic, 0),
  /** Rectified linear neurons that start as the identity. */
  irnn: withReadout(
    () => nonplastic,
    ({ device, inputs, neurons, random }) => irnn(device, { inputs, neurons }, random) as Cell<unknown>,
    (n, inputs) => n * n + (inputs + 1) * n,
  ),
  lstm: lstm(() => nonplastic, 0),
  /** An LSTM that modulates the plasticity of its candidate's connections. */
  "plastic-lstm": lstm(modulated(fanOutModulation), 1, { modulator: fanOutModulator }),
  /** ... whose candidate's connections learn by the experiment's rule, unmodulated, eta learned from a tenth on. */
  "hebbian-lstm": lstm((rule) => startingAt(0.1, unmodulated(rule)), 1, { alphaStd: 0.01 }),
  /** Attracted by its own hidden states of the recent past. */
  "fast-weights": withReadout(
    () => fastWeights,
    ({ device, inputs, neurons, random }) =>
      new FastWeightsRnn(device, { inputs, neurons }, random) as Cell<unknown>,
    (n, inputs) => n * n + (inputs + 3) * n,
  ),
};

/**
 * How many neurons give a network as many parameters as the plastic one of `neurons` neurons has, `outputs` linear
 * outputs included, to the nearest neuron. `from`: where the network is plastic.
 */
export function matchedNeurons(
  network: NetworkKind,
  neurons: number,
  inputs: number,
  outputs: number,
  from?: PlasticFrom,
): number {
  const parameters = (of: NetworkKind, n: number, at?: PlasticFrom) => of.size(n, inputs, at) + outputs * n;
  const aim = parameters(networks.plastic, neurons);
  let n = 1;
  while (parameters(network, n + 1, from) <= aim) n++;
  return aim - parameters(network, n, from) <= parameters(network, n + 1, from) - aim ? n : n + 1;
}

/** The names of a record of variants. */
export const namesOf = <Name extends string>(variants: Readonly<Record<Name, unknown>>): [Name, ...Name[]] =>
  Object.keys(variants) as [Name, ...Name[]];

/** For the description of an option that chooses a network. */
export const networkWords =
  "plastic: an alpha for each connection; homogeneous: one alpha for all; modulated, retroactive: the network says how " +
  "much it learns; rnn, irnn, lstm: no plasticity; plastic-lstm: an LSTM with modulated plasticity; hebbian-lstm: an LSTM that is " +
  "plastic by the rule; fast-weights: attends to its own recent past";

/** Options that say where networks are plastic, and what is equal when they are compared. */
export interface PlasticitySettings {
  readonly plasticFrom: PlasticFrom;
  readonly pre: PreStep;
  readonly equal: "parameters" | "neurons";
}

/** Those options, from these on. */
export const plasticityOptions = ({ plasticFrom, pre, equal }: PlasticitySettings) => ({
  plasticFrom: choiceOption(
    plasticFrom,
    "which connections of a plastic network learn: those from its output, from its input, or both",
    ["hidden", "input", "both"],
  ),
  pre: choiceOption(pre, "which step's pre they pair with a step's post", ["present", "previous"]),
  equal: choiceOption(equal, "what all networks have as many of as the plastic one", [
    "parameters",
    "neurons",
  ]),
});

/** How many neurons the network asked for has, and where it is plastic. */
export function sized(
  network: NetworkKind,
  { neurons, plasticFrom: from, pre, equal }: PlasticitySettings & { readonly neurons: number },
  inputs: number,
  outputs: number,
) {
  const matched = () => matchedNeurons(network, neurons, inputs, outputs, from);
  return { neurons: equal === "neurons" ? neurons : matched(), plasticity: { from, pre } };
}
