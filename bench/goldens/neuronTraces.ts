import type { Device } from "../../src/devices/device.js";
import { PlasticRnn } from "../../src/layers/index.js";
import { bcm, pairTraces, type Rule } from "../../src/rules/index.js";
import { Tape, type Tensor, traceValue } from "../../src/tape/index.js";
import { Binding, joined, total, weightedSum, zeros } from "./binding.js";
import type { Family, Results } from "./family.js";
import { type Golden, tensorOf, timeSteps } from "./golden.js";

/** Each golden's rule. */
const cases: Readonly<Record<string, Rule>> = { "neuron-bcm": bcm, "neuron-pair-traces": pairTraces };

/** `neuron-<rule>`: a plastic recurrent network whose neurons have traces too. */
export const neuronTraces: Family = {
  splits: true,
  supports: (golden) => golden.case in cases,

  run(device: Device, golden: Golden): Results {
    const inputs = tensorOf(golden.inputs, "u");
    const [steps, batch, neurons] = inputs.shape as [number, number, number];
    const cell = new PlasticRnn(device, { neurons, rule: cases[golden.case]! }, zeros);
    const binding = new Binding(device, golden);
    for (const name of Object.keys(golden.params)) binding.load(name, cell.connection.parameter(name));

    const tape = new Tape(device, batch);
    const input = timeSteps(inputs).map((data) => tape.variable(batch, neurons, data));
    let state = cell.begin(tape, steps);
    const ys: Tensor[] = [];
    for (const u of input) {
      const step = cell.step(tape, state, u);
      ys.push(step.output);
      state = step.state;
    }
    const trace = traceValue(state.traces, "H").value;
    const cy = timeSteps(tensorOf(golden.lossWeights, "cy"));
    const loss = total(tape, [
      ...ys.map((y, t) => weightedSum(tape, y, cy[t]!)),
      weightedSum(tape, trace, tensorOf(golden.lossWeights, "ch").data),
    ]);
    tape.backward(loss);
    const results = {
      loss: device.read(loss.value)[0]!,
      outputs: { y: joined(device, ys, "value"), H_T: device.read(trace.value) },
      grads: { ...binding.gradients(), u: joined(device, input, "grad") },
    };
    binding.release();
    return results;
  },
};
