import type { Device } from "../../src/devices/device.js";
import { Linear, PlasticConnection } from "../../src/layers/index.js";
import { clippedHebb, nonplastic } from "../../src/rules/index.js";
import type { Rule } from "../../src/rules/rule.js";
import { defineMap, map, Tape, type Tensor, traceValue } from "../../src/tape/index.js";
import { Binding, joined, total, weightedSum, zeros } from "./binding.js";
import type { Family, Results } from "./family.js";
import { type Golden, tensorOf, timeSteps, transposed } from "./golden.js";

const rules: Readonly<Record<string, Rule>> = { "maze-rnn": nonplastic, "maze-plastic": clippedHebb };
const activation = defineMap(["u", "z"], { h: "tanh(u + z)" });

/** Actor-critic cores of the maze task (Miconi et al. 2019): recurrent and plastic, without a modulator. */
export const maze: Family = {
  supports: (golden) => golden.case in rules,

  run(device: Device, golden: Golden): Results {
    const rule = rules[golden.case]!;
    const xs = tensorOf(golden.inputs, "x");
    const [steps, batch, features] = xs.shape as [number, number, number];
    const neurons = tensorOf(golden.params, "w").shape[0]!;
    const actions = tensorOf(golden.params, "h2o.bias").shape[0]!;
    const recurrent = new PlasticConnection(device, { name: "w", rule, pre: neurons, post: neurons }, zeros);
    const linear = {
      i2h: new Linear(device, "i2h", features, neurons, zeros),
      h2o: new Linear(device, "h2o", neurons, actions, zeros),
      h2v: new Linear(device, "h2v", neurons, 1, zeros),
    };
    const binding = new Binding(device, golden);
    for (const [name, { per }] of Object.entries(rule.params)) {
      binding.load(name, recurrent.parameter(name), per === "connection" ? "post-pre" : "pre-post");
    }
    for (const [name, layer] of Object.entries(linear)) binding.loadLinear(name, layer);

    const tape = new Tape(device, batch);
    const x = timeSteps(xs).map((data) => tape.variable(batch, features, data));
    let h = tape.filled(batch, neurons, 0);
    let traces = recurrent.begin(tape, steps);
    const hidden: Tensor[] = [];
    for (const input of x) {
      const read = recurrent.read(traces, h);
      const next = map(tape, activation, [linear.i2h.apply(tape, input), read.z])[0]!;
      traces = recurrent.update(read.traces, { pre: h, post: next });
      hidden.push(next);
      h = next;
    }
    const logits = hidden.map((h) => linear.h2o.apply(tape, h));
    const values = hidden.map((h) => linear.h2v.apply(tape, h));
    const trace = rule.traces.length > 0 ? traceValue(traces, "H").value : null;

    const { lossWeights } = golden;
    const ca = timeSteps(tensorOf(lossWeights, "ca"));
    const cv = timeSteps(tensorOf(lossWeights, "cv"));
    const ctr = transposed(tensorOf(lossWeights, "ctr").data, neurons, neurons);
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
        trace_T: trace
          ? transposed(device.read(trace.value), neurons, neurons)
          : new Float64Array(batch * neurons * neurons),
      },
      grads: { ...binding.gradients(), x: joined(device, x, "grad") },
    };
    binding.release();
    return results;
  },
};
