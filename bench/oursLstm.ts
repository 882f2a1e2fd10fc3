import type { Device } from "../src/devices/device.js";
import { Lstm } from "../src/layers/index.js";
import { clippedHebb } from "../src/rules/index.js";
import { defineMap, map, type Parameter, sum, type Tape, type Tensor } from "../src/tape/index.js";
import { kept, type Network, named } from "./oursNetwork.js";
import type { Problem } from "./problem.js";

const weighted = defineMap(["a", "b"], { p: "a * b" });
const add = defineMap(["a", "b"], { s: "a + b" });

/** The problem's name of each of the layer's parameters. */
const names: Readonly<Record<string, string>> = {
  "lstm.forget.input": "xf",
  "lstm.forget.recurrent": "yf",
  "lstm.forget.bias": "bf",
  "lstm.write.input": "xi",
  "lstm.write.recurrent": "yi",
  "lstm.write.bias": "bi",
  "lstm.output.input": "xo",
  "lstm.output.recurrent": "yo",
  "lstm.output.bias": "bo",
  "lstm.candidate.input": "xg",
  "lstm.candidate.bias": "bg",
  "lstm.candidate.w": "w",
  "lstm.candidate.alpha": "alpha",
  "lstm.candidate.eta": "eta",
};

/** The library's plastic LSTM on the problem's inputs. */
export function lstm(device: Device, problem: Problem): Network {
  const { neurons, batch, steps, features } = problem.sizes as Record<string, number> & {
    neurons: number;
    batch: number;
    steps: number;
    features: number;
  };
  const cell = new Lstm(device, { inputs: features, neurons, rule: clippedHebb }, { normal: () => 0 });
  const parameters: readonly Parameter[] = cell.parameters;
  const x = kept(device, steps * batch, features, problem.inputs.x!);
  const cy = kept(device, steps * batch, neurons, problem.inputs.cy!);
  return {
    ...named(device, problem, parameters, names),
    loss(tape: Tape): Tensor {
      const [inputs, weights] = [tape.input(x), tape.input(cy)];
      let state = cell.begin(tape, steps);
      const terms: Tensor[] = [];
      for (let t = 0; t < steps; t++) {
        const step = cell.step(tape, state, tape.rows(inputs, t * batch, batch));
        state = step.state;
        terms.push(map(tape, weighted, [step.output, tape.rows(weights, t * batch, batch)])[0]!);
      }
      return terms.map((term) => sum(tape, term)).reduce((a, b) => map(tape, add, [a, b])[0]!);
    },
  };
}
