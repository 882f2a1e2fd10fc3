import type { Device } from "../devices/device.js";
import {
  type Gaussian,
  Linear,
  Lstm,
  type LstmOptions,
  type ModulatorMaker,
  type PlasticFrom,
  type PreStep,
} from "../layers/index.js";
import { clippedHebb, defineRule, nonplastic, type Rule, withRates } from "../rules/index.js";
import { defineMap, map } from "../tape/index.js";

const source = "Miconi, Rawal, Clune, Stanley 2019 (arXiv 2002.10585), 4.3: the basic model";
const fanOut = { per: "connection", init: 1 } as const;

/** Hebb's rule with bounds; each connection learns its own rate. */
const plastic = withRates(clippedHebb, { eta: "connection" });

/** One modulator a layer, of which each connection takes a learned share. */
const modulated = defineRule({
  name: "sharedModulation",
  source,
  traces: { H: 0 },
  params: { fanOut },
  signals: { m: "episode" },
  weight: "w + alpha * H",
  update: { H: "clip(H + m * fanOut * pre * post, -1, 1)" },
});

/** ... which decides afterwards what of an eligibility trace is learned. */
const retroactive = defineRule({
  name: "sharedRetroactive",
  source,
  traces: { H: 0, E: 0 },
  params: { fanOut, eta: { per: "layer", init: 0.1 } },
  signals: { m: "episode" },
  weight: "w + alpha * H",
  update: { H: "clip(H + m * fanOut * E, -1, 1)", E: "(1 - eta) * E + eta * pre * post" },
});

/** How the connections to an LSTM's candidate learn while a text is read. */
export const textNetworks = {
  lstm: { rule: nonplastic, modulates: false },
  plastic: { rule: plastic, modulates: false },
  modulated: { rule: modulated, modulates: true },
  retroactive: { rule: retroactive, modulates: true },
} as const satisfies Readonly<Record<string, { readonly rule: Rule; readonly modulates: boolean }>>;

export type TextNetwork = keyof typeof textNetworks;

/** Where a layer is plastic, and from what numbers its plasticity begins. */
export interface TextPlasticity {
  readonly plasticFrom: PlasticFrom;
  readonly pre: PreStep;
  /** Standard deviation of the first alphas. */
  readonly alpha: number;
  /** The first rate of the traces. */
  readonly eta: number;
}

const squash = defineMap(["z"], { m: "tanh(z)" });

/** `singleModulator` under the name of its layer, so that a stack may have several. */
const modulatorOf =
  (layer: string): ModulatorMaker =>
  (device, neurons, random) => {
    const linear = new Linear(device, `${layer}.modulator`, neurons, 1, random);
    return {
      rate: "episode",
      parameters: linear.parameters,
      apply: (tape, y) => map(tape, squash, [linear.apply(tape, y)])[0]!,
    };
  };

/** One layer: an LSTM of `neurons` on `inputs` numbers, whose parameters are called `name`.*; the modulator reads y(t-1). */
export function textCell(
  device: Device,
  network: TextNetwork,
  { inputs, neurons, name }: Required<Pick<LstmOptions, "inputs" | "neurons" | "name">>,
  { plasticFrom, pre, alpha, eta }: TextPlasticity,
  random: Gaussian,
): Lstm {
  const { rule, modulates } = textNetworks[network];
  return new Lstm(
    device,
    {
      ...{ inputs, neurons, name, pre, from: plasticFrom, alphaStd: alpha },
      rule: startingAt(eta, rule),
      modulatorReads: "previous",
      ...(modulates && { modulator: modulatorOf(name) }),
    },
    random,
  );
}

/** The rule with another first eta, if it has one. */
const startingAt = (eta: number, rule: Rule): Rule =>
  rule.params.eta ? { ...rule, params: { ...rule.params, eta: { ...rule.params.eta, init: eta } } } : rule;

/** Learned numbers in such a layer. */
export function textCellSize(
  network: TextNetwork,
  inputs: number,
  neurons: number,
  plasticFrom: PlasticFrom,
): number {
  const { rule, modulates } = textNetworks[network];
  const gates = 4 * neurons * (inputs + neurons + 1);
  if (rule.traces.length === 0) return gates;
  const pres = { hidden: [neurons], input: [inputs], both: [neurons, inputs] }[plasticFrom];
  const rates = Object.entries(rule.params).filter(([name]) => name !== "w");
  const learned = pres.map((pre) =>
    rates.reduce(
      (sum, [, { per }]) => sum + { layer: 1, pre, post: neurons, connection: pre * neurons }[per],
      0,
    ),
  );
  return gates + learned.reduce((sum, each) => sum + each, 0) + (modulates ? neurons + 1 : 0);
}
