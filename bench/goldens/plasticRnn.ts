import type { Device } from "../../src/devices/device.js";
import { PlasticRnn, type PlasticRnnOptions } from "../../src/layers/index.js";
import { Tape, traceValue } from "../../src/tape/index.js";
import { live } from "../../src/training/index.js";
import { Binding, joined, total, weightedSum, zeros } from "./binding.js";
import type { Results } from "./family.js";
import { type Golden, tensorOf, timeSteps } from "./golden.js";

/** Runs a plastic recurrent network forward and backward; `names`: what the golden calls its input and its last trace. */
export function runPlasticRnn(
  device: Device,
  golden: Golden,
  options: Pick<PlasticRnnOptions, "rule" | "activation">,
  names: { readonly input: string; readonly trace: string },
): Results {
  const inputs = tensorOf(golden.inputs, names.input);
  const [steps, batch, neurons] = inputs.shape as [number, number, number];
  const cell = new PlasticRnn(device, { neurons, ...options }, zeros);
  const binding = new Binding(device, golden);
  for (const name of Object.keys(golden.params)) binding.load(name, cell.connection.parameter(name));

  const tape = new Tape(device, batch);
  const input = tape.variable(steps * batch, neurons, inputs.data);
  const { outputs: ys, state } = live(tape, cell, input);
  const trace = traceValue(state.traces, "H").value;
  const cy = timeSteps(tensorOf(golden.lossWeights, "cy"));
  const loss = total(tape, [
    ...ys.map((y, t) => weightedSum(tape, y, cy[t]!)),
    weightedSum(tape, trace, tensorOf(golden.lossWeights, "ch").data),
  ]);
  tape.backward(loss);

  const results = {
    loss: device.read(loss.value)[0]!,
    outputs: { y: joined(device, ys, "value"), [names.trace]: device.read(trace.value) },
    grads: { ...binding.gradients(), [names.input]: joined(device, [input], "grad") },
  };
  binding.release();
  return results;
}
