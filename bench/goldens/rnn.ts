import type { Device } from "../../src/devices/device.js";
import { addedInput, clampedInput, PlasticRnn } from "../../src/layers/index.js";
import { decayingHebb, oja, withRates } from "../../src/rules/index.js";
import { Tape, type Tensor, traceValue } from "../../src/tape/index.js";
import { Binding, joined, total, weightedSum, zeros } from "./binding.js";
import type { Family, Results } from "./family.js";
import { type Golden, tensorOf, timeSteps } from "./golden.js";

const rules = { hebb: decayingHebb, oja };
const activations = { add: addedInput, clamp: clampedInput };

/** `rnn-<rule>-<alpha full or single>-<input added or clamped>`: the plastic recurrent network of Miconi et al. 2018. */
const pattern = /^rnn-(hebb|oja)-(full|single)-(add|clamp)$/;

export const rnn: Family = {
  supports: (golden) => pattern.test(golden.case),

  run(device: Device, golden: Golden): Results {
    const [, ruleName, alpha, activation] = pattern.exec(golden.case)!;
    const rule = withRates(rules[ruleName as keyof typeof rules], {
      alpha: alpha === "single" ? "layer" : "connection",
    });
    const inputs = tensorOf(golden.inputs, "input");
    const [steps, batch, neurons] = inputs.shape as [number, number, number];
    const cell = new PlasticRnn(
      device,
      { neurons, rule, activation: activations[activation as keyof typeof activations] },
      zeros,
    );
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
      outputs: { y: joined(device, ys, "value"), hebb_T: device.read(trace.value) },
      grads: { ...binding.gradients(), input: joined(device, input, "grad") },
    };
    binding.release();
    return results;
  },
};
