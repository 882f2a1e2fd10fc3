import type { Device } from "../../src/devices/device.js";
import {
  fanOutModulator,
  Linear,
  type ModulatorMaker,
  PlasticRnn,
  Projected,
  singleModulator,
} from "../../src/layers/index.js";
import {
  clippedHebb,
  fanOutModulation,
  nonplastic,
  retroactive,
  simpleModulation,
} from "../../src/rules/index.js";
import type { Rule } from "../../src/rules/rule.js";
import { Tape, traceValue } from "../../src/tape/index.js";
import { live } from "../../src/training/index.js";
import { Binding, joined, type Orientation, total, weightedSum, zeros } from "./binding.js";
import type { Family, Results } from "./family.js";
import { type Golden, tensorOf, timeSteps, transposed } from "./golden.js";

interface Variant {
  readonly rule: Rule;
  readonly modulator?: ModulatorMaker;
  /** What the golden calls our parameters, where the names differ. */
  readonly names?: Readonly<Record<string, string>>;
  /** How its matrices between neurons lie, the trace too. */
  readonly orientation: Orientation;
}

const variants: Readonly<Record<string, Variant>> = {
  "maze-rnn": { rule: nonplastic, orientation: "post-pre" },
  "maze-plastic": { rule: clippedHebb, orientation: "post-pre" },
  "maze-modplast": {
    rule: simpleModulation,
    modulator: singleModulator,
    names: { modulator: "h2DA" },
    orientation: "post-pre",
  },
  "maze-modul": {
    rule: retroactive,
    modulator: singleModulator,
    names: { eta: "etaet", modulator: "h2DA" },
    orientation: "post-pre",
  },
  "maze-modulated-fanout": {
    rule: fanOutModulation,
    modulator: fanOutModulator,
    names: { modulator: "h2mod", fanOut: "modfanout" },
    orientation: "pre-post",
  },
};

/** Actor-critic cores of the maze task (Miconi et al. 2019): recurrent, plastic, modulated. */
export const maze: Family = {
  supports: (golden) => golden.case in variants,
  splits: true,

  run(device: Device, golden: Golden): Results {
    const { rule, modulator, names = {}, orientation } = variants[golden.case]!;
    const xs = tensorOf(golden.inputs, "x");
    const [steps, batch, features] = xs.shape as [number, number, number];
    const neurons = tensorOf(golden.params, "w").shape[0]!;
    const actions = tensorOf(golden.params, "h2o.bias").shape[0]!;
    const rnn = new PlasticRnn(device, { neurons, rule, modulator }, zeros);
    const cell = new Projected(device, "i2h", features, rnn, zeros);
    const h2o = new Linear(device, "h2o", neurons, actions, zeros);
    const h2v = new Linear(device, "h2v", neurons, 1, zeros);
    const binding = new Binding(device, golden);
    for (const [key, { per }] of Object.entries(rule.params)) {
      const lies = per === "connection" ? orientation : "pre-post";
      binding.load(names[key] ?? key, rnn.connection.parameter(key), lies);
    }
    binding.loadModulator(rnn.modulator, names);
    binding.loadLinear("i2h", cell.projection);
    binding.loadLinear("h2o", h2o);
    binding.loadLinear("h2v", h2v);

    const tape = new Tape(device, batch);
    const x = tape.variable(steps * batch, features, xs.data);
    const { outputs: hidden, state } = live(tape, cell, x);
    const logits = hidden.map((h) => h2o.apply(tape, h));
    const values = hidden.map((h) => h2v.apply(tape, h));
    const trace = rule.traces.length > 0 ? traceValue(state.traces, "H").value : null;
    const laid = (data: ArrayLike<number>) =>
      orientation === "pre-post" ? data : transposed(data, neurons, neurons);

    const { lossWeights } = golden;
    const ca = timeSteps(tensorOf(lossWeights, "ca"));
    const cv = timeSteps(tensorOf(lossWeights, "cv"));
    const ctr = laid(tensorOf(lossWeights, "ctr").data);
    const loss = total(tape, [
      ...logits.map((logit, t) => weightedSum(tape, logit, ca[t]!)),
      ...values.map((value, t) => weightedSum(tape, value, cv[t]!)),
      ...(trace ? [weightedSum(tape, trace, ctr)] : []),
    ]);
    tape.backward(loss);

    const results = {
      loss: device.read(loss.value)[0]!,
      outputs: {
        logits: joined(device, logits, "value"),
        value: joined(device, values, "value"),
        hidden: joined(device, hidden, "value"),
        // The golden of the network without traces holds zeros for them.
        trace_T: trace ? laid(device.read(trace.value)) : new Float64Array(batch * neurons * neurons),
      },
      grads: { ...binding.gradients(), x: joined(device, [x], "grad") },
    };
    binding.release();
    return results;
  },
};
