import type { Device } from "../../src/devices/device.js";
import { PlasticReadout } from "../../src/layers/index.js";
import { decayingHebb, oja, withRates } from "../../src/rules/index.js";
import { defineMap, map, sum, Tape, type Tensor, traceValue } from "../../src/tape/index.js";
import { Binding, joined, zeros } from "./binding.js";
import type { Family, Results } from "./family.js";
import { type Golden, tensorOf, timeSteps } from "./golden.js";

const rules = { hebb: decayingHebb, oja };

/** `oneshot-<rule>-<alpha free or yoked>`: the plastic readout of Miconi et al. 2018, 4.3. */
const pattern = /^oneshot-(hebb|oja)-(free|yoked)$/;

const binaryCrossEntropy = defineMap(["y", "target", "classes"], {
  loss: "-(target * log(y) + (1 - target) * log(1 - y)) / classes",
});

export const oneshot: Family = {
  supports: (golden) => pattern.test(golden.case),

  run(device: Device, golden: Golden): Results {
    const [, ruleName, alpha] = pattern.exec(golden.case)!;
    const rule = withRates(rules[ruleName as keyof typeof rules], {
      alpha: alpha === "yoked" ? "layer" : "connection",
    });
    const features = tensorOf(golden.inputs, "features");
    const [steps, batch, inputs] = features.shape as [number, number, number];
    const target = tensorOf(golden.inputs, "target").data;
    const classes = target.length;
    const readout = new PlasticReadout(device, { inputs, classes, rule }, zeros);
    const binding = new Binding(device, golden);
    for (const key of Object.keys(golden.params)) binding.load(key, readout.connection.parameter(key));

    const tape = new Tape(device, batch);
    const xs = timeSteps(features).map((data) => tape.variable(batch, inputs, data));
    const labels = timeSteps(tensorOf(golden.inputs, "label"));
    let traces = readout.begin(tape, steps);
    const ys: Tensor[] = [];
    xs.forEach((x, t) => {
      const given = labels[t]!.some((bit) => bit !== 0);
      const label = given ? tape.constant(batch, classes, labels[t]!) : null;
      const step = readout.step(tape, traces, x, label);
      traces = step.traces;
      ys.push(step.output);
    });
    const trace = traceValue(traces, "H").value;
    const [terms] = map(tape, binaryCrossEntropy, [
      ys.at(-1)!,
      tape.constant(1, classes, target),
      tape.filled(1, 1, classes),
    ]);
    const loss = sum(tape, terms!);
    tape.backward(loss);

    const results = {
      loss: device.read(loss.value)[0]!,
      outputs: { y: joined(device, ys, "value"), hebb_T: device.read(trace.value) },
      grads: { ...binding.gradients(), features: joined(device, xs, "grad") },
    };
    binding.release();
    return results;
  },
};
