import type { Buffer, Device } from "../../src/devices/device.js";
import {
  type Cell,
  FastWeightsRnn,
  fanOutModulator,
  Gru,
  irnn,
  Linear,
  Lstm,
  PlasticReadout,
  PlasticRnn,
  Projected,
  plainRnn,
  singleModulator,
  stacked,
} from "../../src/layers/index.js";
import {
  abcd,
  clippedHebb,
  connectionModulation,
  decayingHebb,
  defineRule,
  fanOutModulation,
  nonplastic,
  oja,
  pairTraces,
  retroactive,
  simpleModulation,
  stpn,
  withRates,
} from "../../src/rules/index.js";
import { defineMap, type Parameter, type TraceState } from "../../src/tape/index.js";
import { random } from "../../src/tasks/index.js";
import { describeNetwork, encodeModel, type Network, Recorder } from "../../src/training/index.js";

export interface Built {
  readonly network: Network;
  readonly parameters: readonly Parameter[];
}

/** Makes the same network, with the same numbers, on any device. */
export type Builder = (device: Device) => Built;

const INPUTS = 3;
/** Small enough that no network is chaotic: it would multiply what float32 rounds. */
const std = 0.3;
const gaussian = (of: string) => random(5, of, 0);

function ofCell(cell: Cell<unknown>, heads: Linear | null = null): Built {
  return {
    parameters: [...cell.parameters, ...(heads?.parameters ?? [])],
    network: {
      inputs: [{ name: "input", size: cell.inputs - 1, tail: [1] }],
      answers: heads ? heads.weight.shape[1] : cell.neurons,
      begin: (tape) => cell.begin(tape),
      steps: [
        {
          given: ["input"],
          step: (tape, state, [input]) => {
            const step = cell.step(tape, state, input!);
            return { ...step, output: heads ? heads.apply(tape, step.output) : step.output };
          },
        },
      ],
    },
  };
}

const rnn =
  (options: Partial<ConstructorParameters<typeof PlasticRnn>[1]>, neurons: number) => (device: Device) =>
    new PlasticRnn(device, { neurons, rule: decayingHebb, std, ...options }, gaussian("rnn"));

const agent =
  (options: Partial<ConstructorParameters<typeof PlasticRnn>[1]>): Builder =>
  (device) => {
    const cell = new Projected(device, "input", INPUTS, rnn(options, 9)(device), gaussian("input"));
    return ofCell(cell as Cell<unknown>, new Linear(device, "heads", 9, 5, gaussian("heads")));
  };

const lstm =
  (options: Partial<ConstructorParameters<typeof Lstm>[1]>): Builder =>
  (device) =>
    ofCell(new Lstm(device, { inputs: INPUTS, neurons: 6, ...options }, gaussian("lstm")) as Cell<unknown>);

/** Pictures in, classes out; a step is given the label, or asked for it. */
const classifier: Builder = (device) => {
  const rule = withRates(oja, { alpha: "layer" });
  const embedding = new Linear(device, "embedding", 7, 6, gaussian("embedding"));
  const readout = new PlasticReadout(device, { inputs: 6, classes: 4, rule, std }, gaussian("readout"));
  const step = (labelled: boolean): Network["steps"][number] => ({
    given: labelled ? ["picture", "label"] : ["picture"],
    step: (tape, state, [picture, label]) => {
      const seen = embedding.apply(tape, picture!);
      const { output, traces } = readout.step(tape, state as TraceState, seen, label ?? null);
      return { output, state: traces };
    },
  });
  return {
    parameters: [...embedding.parameters, ...readout.parameters],
    network: {
      inputs: [
        { name: "picture", size: 7, tail: [] },
        { name: "label", size: 4, tail: [] },
      ],
      answers: 4,
      begin: (tape) => readout.begin(tape),
      steps: [step(true), step(false)],
    },
  };
};

/** A delta rule without signals, with a threshold for each neuron that follows what is recalled. */
const delta = defineRule({
  name: "delta",
  traces: { H: 0, theta: { per: "post", init: 0.5 } },
  params: { eta: { per: "pre", init: 0.3 } },
  reads: { recalled: { per: "post", sum: "pre * H" } },
  weight: "w + alpha * H * theta",
  update: {
    H: "H + eta * pre * (post - recalled) * next(theta)",
    theta: "0.5 * theta + recalled * recalled",
  },
});

/** Every kind of network that experiments have, small. */
export const networks: Readonly<Record<string, Builder>> = {
  "plastic RNN": (device) => ofCell(rnn({}, 13)(device) as Cell<unknown>),
  "plastic RNN with clamped input": (device) => {
    const activation = defineMap(["z", "u"], { y: "where(u, u, tanh(z))" });
    return ofCell(rnn({ activation, rule: oja }, 11)(device) as Cell<unknown>);
  },
  "plain RNN": (device) => ofCell(plainRnn(device, { neurons: 8, std }, gaussian("rnn")) as Cell<unknown>),
  "homogeneous RNN": (device) =>
    ofCell(
      rnn({ rule: withRates(decayingHebb, { alpha: "layer", eta: "post" }) }, 7)(device) as Cell<unknown>,
    ),
  "RNN with a rule of four constants": (device) => ofCell(rnn({ rule: abcd }, 5)(device) as Cell<unknown>),
  "RNN of short-term plasticity neurons": (device) => ofCell(rnn({ rule: stpn }, 5)(device) as Cell<unknown>),
  "plastic agent": agent({ rule: clippedHebb }),
  "plain agent": agent({ rule: nonplastic }),
  "modulated agent": agent({ rule: simpleModulation, modulator: singleModulator }),
  "agent with fanned-out modulation": agent({ rule: fanOutModulation, modulator: fanOutModulator }),
  "retroactive agent": agent({ rule: retroactive, modulator: singleModulator }),
  LSTM: lstm({}),
  "plastic LSTM": lstm({ rule: fanOutModulation, modulator: fanOutModulator, post: "hidden" }),
  "LSTM plastic from hidden and input, pre of the step before": lstm({
    rule: clippedHebb,
    from: "both",
    pre: "previous",
  }),
  "LSTM plastic from its input, modulated from the step before": lstm({
    rule: fanOutModulation,
    modulator: fanOutModulator,
    from: "input",
    modulatorReads: "previous",
  }),
  "LSTM modulated per connection": lstm({
    rule: connectionModulation,
    modulator: singleModulator,
    from: "both",
  }),
  "RNN plastic from both, pre of the step before": (device) =>
    ofCell(rnn({ inputs: INPUTS, from: "both", pre: "previous" }, 7)(device) as Cell<unknown>),
  "GRU plastic from both, pre of the step before": (device) =>
    ofCell(
      new Gru(
        device,
        { inputs: INPUTS, neurons: 6, rule: decayingHebb, from: "both", pre: "previous" },
        gaussian("gru"),
      ) as Cell<unknown>,
    ),
  "RNN with fast weights": (device) =>
    ofCell(
      new FastWeightsRnn(device, { inputs: INPUTS, neurons: 6, reads: 2 }, gaussian("fast")) as Cell<unknown>,
    ),
  IRNN: (device) =>
    ofCell(irnn(device, { inputs: INPUTS, neurons: 6, identity: 0.5 }, gaussian("irnn")) as Cell<unknown>),
  GRU: (device) =>
    ofCell(
      new Gru(device, { inputs: INPUTS, neurons: 6, rule: decayingHebb }, gaussian("gru")) as Cell<unknown>,
    ),
  stack: (device) => {
    const below = new Lstm(device, { inputs: INPUTS, neurons: 5, name: "below" }, gaussian("below"));
    const above = new PlasticRnn(device, { neurons: 5, rule: oja, std, name: "above" }, gaussian("above"));
    return ofCell(stacked([below, above]) as Cell<unknown>);
  },
  "few-shot classifier": classifier,
  "RNN whose neurons have traces": (device) => ofCell(rnn({ rule: pairTraces }, 5)(device) as Cell<unknown>),
  "RNN that reads what it knows": (device) => ofCell(rnn({ rule: delta }, 5)(device) as Cell<unknown>),
};

/** The model file of a network that has the numbers which `reference` initialises it with. */
export function modelFileOf(build: Builder, reference: Device, precision?: "float16" | "int8"): Uint8Array {
  const recorder = new Recorder();
  const described = build(recorder.device);
  recorder.know(described.parameters);
  const architecture = describeNetwork(recorder, described.network);
  const { parameters } = build(reference);
  const read = (value: Buffer) => Float32Array.from(reference.read(value));
  const stored = Object.fromEntries(
    parameters.map(({ name, shape, value }) => [name, { shape, data: read(value) }]),
  );
  for (const parameter of parameters) parameter.release();
  const about = { experiment: "test", options: {}, seed: 0, episode: 0, parameters: stored };
  return encodeModel(about, architecture, { command: "none" }, precision);
}
