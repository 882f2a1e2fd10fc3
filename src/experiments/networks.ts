import type { Device } from "../devices/device.js";
import {
  type Cell,
  fanOutModulator,
  type Gaussian,
  Linear,
  Lstm,
  type ModulatorMaker,
  PlasticRnn,
  Projected,
  singleModulator,
} from "../layers/index.js";
import {
  clippedHebb,
  decayingHebb,
  fanOutModulation,
  nonplastic,
  oja,
  retroactive,
  simpleModulation,
  withRates,
} from "../rules/index.js";
import type { Rule } from "../rules/rule.js";
import type { MapDefinition, Parameter } from "../tape/index.js";

/** The plasticity rules that a network without a modulator may be given. */
export const rules = { decayingHebb, oja, clippedHebb };

/** What a network is made for. */
export interface NetworkContext {
  readonly device: Device;
  readonly inputs: number;
  readonly neurons: number;
  /** The rule where nothing modulates plasticity. */
  readonly rule: Rule;
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
  /** Learned numbers in a cell, but for a few of the whole layer. */
  readonly size: (neurons: number, inputs: number) => number;
}

const recurrent = (
  rule: (plastic: Rule) => Rule,
  matrices: number,
  modulator?: ModulatorMaker,
): NetworkKind => ({
  rule,
  neuronPerInput: true,
  cell: ({ device, inputs, neurons, rule: plastic, random }) => {
    const network = new PlasticRnn(device, { neurons, rule: rule(plastic), modulator }, random);
    return new Projected(device, "input", inputs, network, random) as Cell<unknown>;
  },
  completion: ({ device, neurons, rule: plastic, random, activation, fixed }) => {
    const options = { neurons, rule: rule(plastic), modulator, activation, fixed };
    const cell = new PlasticRnn(device, options, random);
    return { cell: cell as Cell<unknown>, readout: null, scale: 1, parameters: cell.parameters };
  },
  size: (n, inputs) => matrices * n * n + (inputs + 1 + (modulator ? 1 : 0)) * n,
});

const lstm = (rule: (plastic: Rule) => Rule, matrices: number, modulator?: ModulatorMaker): NetworkKind => {
  const cell = ({ device, inputs, neurons, rule: plastic, random }: NetworkContext) =>
    new Lstm(device, { inputs, neurons, rule: rule(plastic), modulator }, random) as Cell<unknown>;
  return {
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
    size: (n, inputs) => matrices * n * n + 4 * (inputs + 1) * n + (modulator ? 3 * n : 0),
  };
};

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

/** The networks that experiments compare; one flag changes the network and nothing else. */
export const networks = {
  /** Every connection has its own alpha; the rule is the experiment's. */
  plastic: recurrent(unmodulated, 2),
  /** The network modulates its own plasticity. */
  modulated: recurrent(modulated(simpleModulation), 2, singleModulator),
  /** ... after the fact, by way of an eligibility trace. */
  retroactive: recurrent(modulated(retroactive), 2, singleModulator),
  /** One alpha for all connections. */
  homogeneous: recurrent((rule) => withRates(unmodulated(rule), { alpha: "layer" }), 1),
  /** No plasticity: connections are the same throughout an episode. */
  rnn: recurrent(() => nonplastic, 1),
  lstm: lstm(() => nonplastic, 4),
  /** An LSTM that modulates the plasticity of its candidate's connections. */
  "plastic-lstm": lstm(modulated(fanOutModulation), 5, fanOutModulator),
};

/**
 * How many neurons give a network as many parameters as the plastic one of `neurons` neurons has, `outputs` linear
 * outputs included, to the nearest neuron.
 */
export function matchedNeurons(
  network: NetworkKind,
  neurons: number,
  inputs: number,
  outputs: number,
): number {
  const parameters = (of: NetworkKind, n: number) => of.size(n, inputs) + outputs * n;
  const aim = parameters(networks.plastic, neurons);
  let n = 1;
  while (parameters(network, n + 1) <= aim) n++;
  return aim - parameters(network, n) <= parameters(network, n + 1) - aim ? n : n + 1;
}

/** The names of a record of variants. */
export const namesOf = <Name extends string>(variants: Readonly<Record<Name, unknown>>): [Name, ...Name[]] =>
  Object.keys(variants) as [Name, ...Name[]];

/** For the description of an option that chooses a network. */
export const networkWords =
  "plastic: an alpha for each connection; homogeneous: one alpha for all; modulated, retroactive: the network says how " +
  "much it learns; rnn, lstm: no plasticity; plastic-lstm: an LSTM with modulated plasticity";
