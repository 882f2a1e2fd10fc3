import type { Device } from "../../devices/device.js";
import {
  type Gaussian,
  Linear,
  Lstm,
  type LstmOptions,
  type ModulatorMaker,
  type PlasticFrom,
  type PreStep,
} from "../../layers/index.js";
import { clippedHebb, defineRule, nonplastic, type Rule, withRates } from "../../rules/index.js";
import { defineMap, map } from "../../tape/index.js";

const source = "Miconi, Rawal, Clune, Stanley 2019 (arXiv 2002.10585), 4.3: the basic model";
const fanOut = { per: "connection", init: 1 } as const;

const modulation = { source, signals: { m: "episode" }, weight: "w + alpha * H" } as const;
const eta = { per: "layer", init: 0.1 } as const;
/** Each neuron's traces fade at a rate of its own, sigmoid(fade): learned without bounds, it soon leaves 0 to 1, and they explode. */
const fade = { per: "post", init: 0 } as const;

/** Hebb's rule; each connection learns its own rate. */
const plastic = {
  clipped: withRates(clippedHebb, { eta: "connection" }),
  fading: defineRule({
    ...{ source, name: "fadingHebb", traces: { H: 0 }, params: { fade }, weight: "w + alpha * H" },
    update: { H: "clip((1 - sigmoid(fade)) * H + pre * post, -1, 1)" },
  }),
};

/** One modulator a layer, of which each connection takes a learned share. */
const modulated = {
  clipped: defineRule({
    ...{ ...modulation, name: "sharedModulation", traces: { H: 0 }, params: { fanOut } },
    update: { H: "clip(H + m * fanOut * pre * post, -1, 1)" },
  }),
  fading: defineRule({
    ...{ ...modulation, name: "fadingSharedModulation", traces: { H: 0 }, params: { fanOut, fade } },
    update: { H: "clip((1 - sigmoid(fade)) * H + m * fanOut * pre * post, -1, 1)" },
  }),
};

/** ... which decides afterwards what of an eligibility trace is learned. */
const retroactive = {
  clipped: defineRule({
    ...{ ...modulation, name: "sharedRetroactive", traces: { H: 0, E: 0 }, params: { fanOut, eta } },
    update: { H: "clip(H + m * fanOut * E, -1, 1)", E: "(1 - eta) * E + eta * pre * post" },
  }),
  fading: defineRule({
    ...{
      ...modulation,
      name: "fadingSharedRetroactive",
      traces: { H: 0, E: 0 },
      params: { fanOut, eta, fade },
    },
    update: {
      H: "clip((1 - sigmoid(fade)) * H + m * fanOut * E, -1, 1)",
      E: "(1 - clip(eta, 0, 1)) * E + clip(eta, 0, 1) * pre * post",
    },
  }),
};

/** What keeps a trace small: bounds, as published, or that it fades at the rate eta. */
export type TextTrace = "clipped" | "fading";

interface TextNetworkRules {
  readonly rules: Readonly<Record<TextTrace, Rule>>;
  readonly modulates: boolean;
}

/** How the connections to an LSTM's candidate learn while a text is read. */
export const textNetworks = {
  lstm: { rules: { clipped: nonplastic, fading: nonplastic }, modulates: false },
  plastic: { rules: plastic, modulates: false },
  modulated: { rules: modulated, modulates: true },
  retroactive: { rules: retroactive, modulates: true },
} as const satisfies Readonly<Record<string, TextNetworkRules>>;

export type TextNetwork = keyof typeof textNetworks;

/** Where a layer is plastic, and from what numbers its plasticity begins. */
export interface TextPlasticity {
  readonly plasticFrom: PlasticFrom;
  readonly pre: PreStep;
  readonly trace: TextTrace;
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
  { plasticFrom, pre, trace, alpha, eta }: TextPlasticity,
  random: Gaussian,
): Lstm {
  const { rules, modulates } = textNetworks[network];
  return new Lstm(
    device,
    {
      ...{ inputs, neurons, name, pre, from: plasticFrom, alphaStd: alpha },
      rule: startingAt(eta, rules[trace]),
      modulatorReads: "previous",
      ...(modulates && { modulator: modulatorOf(name) }),
    },
    random,
  );
}

/** The rule with other first rates, where it has them: eta's, and that of fading, as what sigmoid takes to eta. */
function startingAt(eta: number, rule: Rule): Rule {
  const within = Math.min(Math.max(eta, 1e-6), 1 - 1e-6);
  const inits: Record<string, number> = { eta, fade: Math.log(within / (1 - within)) };
  const params = Object.entries(rule.params).map(([name, param]) => [
    name,
    name in inits ? { ...param, init: inits[name]! } : param,
  ]);
  return { ...rule, params: Object.fromEntries(params) };
}

/** Learned numbers in such a layer. */
export function textCellSize(
  network: TextNetwork,
  inputs: number,
  neurons: number,
  { plasticFrom, trace }: Pick<TextPlasticity, "plasticFrom" | "trace">,
): number {
  const { rules, modulates } = textNetworks[network];
  const rule: Rule = rules[trace];
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
