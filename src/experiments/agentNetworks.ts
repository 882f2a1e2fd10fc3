import type { Device } from "../devices/device.js";
import {
  type Cell,
  type Gaussian,
  type ModulatorMaker,
  PlasticRnn,
  Projected,
  singleModulator,
} from "../layers/index.js";
import { nonplastic, retroactive, simpleModulation, withRates } from "../rules/index.js";
import type { Rule } from "../rules/rule.js";

/** What a cell is made for. */
export interface CellContext {
  readonly device: Device;
  readonly inputs: number;
  readonly neurons: number;
  /** The rule of a plastic network without a modulator. */
  readonly rule: Rule;
  readonly random: Gaussian;
}

/** A kind of recurrent network for tasks that act or read sequences. */
export interface AgentNetwork {
  readonly rule: (plastic: Rule) => Rule;
  readonly cell: (context: CellContext) => Cell<unknown>;
  /** Learned numbers in a cell of so many neurons and inputs, but for a few of the whole layer. */
  readonly size: (neurons: number, inputs: number) => number;
}

const recurrent = (
  rule: (plastic: Rule) => Rule,
  matrices: number,
  modulator?: ModulatorMaker,
): AgentNetwork => ({
  rule,
  cell: ({ device, inputs, neurons, rule: plastic, random }) =>
    new Projected(
      device,
      "input",
      inputs,
      new PlasticRnn(device, { neurons, rule: rule(plastic), modulator }, random),
      random,
    ) as Cell<unknown>,
  size: (n, inputs) => matrices * n * n + (inputs + 1 + (modulator ? 1 : 0)) * n,
});

/** The networks that the reinforcement-learning tasks compare; one flag changes the network and nothing else. */
export const agentNetworks = {
  /** Every connection has its own alpha; the rule is the experiment's. */
  plastic: recurrent((rule) => rule, 2),
  /** The network modulates its own plasticity. */
  modulated: recurrent(() => simpleModulation, 2, singleModulator),
  /** ... after the fact, by way of an eligibility trace. */
  retroactive: recurrent(() => retroactive, 2, singleModulator),
  /** One alpha for all connections. */
  homogeneous: recurrent((rule) => withRates(rule, { alpha: "layer" }), 1),
  /** No plasticity. */
  rnn: recurrent(() => nonplastic, 1),
};

/**
 * How many neurons give a network as many parameters as the plastic one of `neurons` neurons has, heads included, to the
 * nearest neuron.
 */
export function matchedNeurons(
  network: AgentNetwork,
  neurons: number,
  inputs: number,
  outputs: number,
): number {
  const parameters = (of: AgentNetwork, n: number) => of.size(n, inputs) + outputs * n;
  const aim = parameters(agentNetworks.plastic, neurons);
  let n = 1;
  while (parameters(network, n + 1) <= aim) n++;
  return aim - parameters(network, n) <= parameters(network, n + 1) - aim ? n : n + 1;
}
