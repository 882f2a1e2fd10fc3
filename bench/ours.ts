import type { Captured, Device } from "../src/devices/device.js";
import { init } from "../src/devices/init.js";
import { isDeviceKind } from "../src/devices/kinds.js";
import { addedInput, clampedInput, PlasticRnn } from "../src/layers/index.js";
import { clippedHebb, decayingHebb } from "../src/rules/index.js";
import { defineMap, map, matmul, Parameter, sum, Tape, type Tensor } from "../src/tape/index.js";
import { Adam } from "../src/training/index.js";
import { agentTrainer } from "./oursAgent.js";
import { fastMemory } from "./oursFast.js";
import { lstm } from "./oursLstm.js";
import { kept, type Network } from "./oursNetwork.js";
import { oneShot } from "./oursOneShot.js";
import { textTrainer } from "./oursText.js";
import { serve, type Trainer } from "./peers/serve.js";
import type { Problem } from "./problem.js";

const addBias = defineMap(["y", "b"], { y: "y + b" });
const squaredError = defineMap(["y", "target", "counts"], { e: "counts * (y - target) * (y - target)" });
const weighted = defineMap(["a", "b"], { p: "a * b" });
const add = defineMap(["a", "b"], { s: "a + b" });

function recurrent(device: Device, problem: Problem, rule: typeof decayingHebb): PlasticRnn {
  const { neurons, clamped } = problem.sizes as { neurons: number; clamped?: number };
  const activation = clamped ? clampedInput : addedInput;
  // The problem brings its own weights.
  const network = new PlasticRnn(device, { neurons, rule, activation }, { normal: () => 0 });
  for (const name of Object.keys(rule.params)) {
    device.write(network.connection.parameter(name).value, problem.params[name]!);
  }
  return network;
}

function rnn(device: Device, problem: Problem): Network {
  const { neurons, steps, outputs } = problem.sizes as { neurons: number; steps: number; outputs: number };
  const network = recurrent(device, problem, decayingHebb);
  const wide = (values: ArrayLike<number>) =>
    Float32Array.from({ length: neurons }, (_, i) => values[i] ?? 0);
  const input = kept(device, steps, neurons, problem.inputs.input!);
  const target = kept(device, 1, neurons, wide(problem.inputs.target!));
  const counts = kept(device, 1, neurons, wide(new Float32Array(outputs).fill(1)));
  return {
    parameters: network.parameters,
    nameOf,
    loss(tape) {
      const inputs = tape.input(input);
      let state = network.begin(tape, steps);
      for (let t = 0; t < steps; t++) state = network.step(tape, state, tape.rows(inputs, t, 1)).state;
      const [error] = map(tape, squaredError, [state.y, tape.input(target), tape.input(counts)]);
      return sum(tape, error!);
    },
  };
}

function maze(device: Device, problem: Problem): Network {
  const { neurons, batch, steps, features, actions } = problem.sizes as Record<string, number> & {
    neurons: number;
    batch: number;
    steps: number;
    features: number;
    actions: number;
  };
  const network = recurrent(device, problem, clippedHebb);
  const parameter = (name: string, rows: number, cols: number) =>
    new Parameter(name, device, rows, cols, problem.params[name]!);
  const heads = {
    i2h: parameter("i2h", features, neurons),
    i2hBias: parameter("i2hBias", 1, neurons),
    h2o: parameter("h2o", neurons, actions),
    h2oBias: parameter("h2oBias", 1, actions),
    h2v: parameter("h2v", neurons, 1),
    h2vBias: parameter("h2vBias", 1, 1),
  };
  const linear = (tape: Tape, x: Tensor, weight: Parameter, bias: Parameter) =>
    map(tape, addBias, [matmul(tape, x, tape.param(weight)), tape.param(bias)])[0]!;
  const x = kept(device, steps * batch, features, problem.inputs.x!);
  const ca = kept(device, steps * batch, actions, problem.inputs.ca!);
  const cv = kept(device, steps * batch, 1, problem.inputs.cv!);
  return {
    parameters: [...network.parameters, ...Object.values(heads)],
    nameOf,
    loss(tape) {
      // The observations are known beforehand: one product for all steps.
      const currents = linear(tape, tape.input(x), heads.i2h, heads.i2hBias);
      const [actionWeights, valueWeights] = [tape.input(ca), tape.input(cv)];
      let state = network.begin(tape, steps);
      const terms: Tensor[] = [];
      for (let t = 0; t < steps; t++) {
        const now = (all: Tensor) => tape.rows(all, t * batch, batch);
        const step = network.step(tape, state, now(currents));
        state = step.state;
        const logits = linear(tape, step.output, heads.h2o, heads.h2oBias);
        const value = linear(tape, step.output, heads.h2v, heads.h2vBias);
        terms.push(map(tape, weighted, [logits, now(actionWeights)])[0]!);
        terms.push(map(tape, weighted, [value, now(valueWeights)])[0]!);
      }
      return terms.map((term) => sum(tape, term)).reduce((a, b) => map(tape, add, [a, b])[0]!);
    },
  };
}

/** A parameter's name in the problem: without the layer's. */
const nameOf = (parameter: Parameter): string => parameter.name.replace("recurrent.", "");

/** The public layers and tape on given inputs: captured once, and the library's Adam. */
function networkTrainer(device: Device, problem: Problem, network: Network): Trainer {
  const adam = new Adam(device, network.parameters, { lr: problem.sizes.lr! });
  let loss: Tensor | null = null;
  const episode = () => {
    const tape = new Tape(device, problem.sizes.batch ?? 1);
    loss = network.loss(tape);
    tape.backward(loss);
  };
  let captured: Captured | null = null;
  const run = () => {
    if (captured) captured.repeat();
    else captured = device.capture(episode);
  };
  return {
    about: `hebbian: ${device.info.why}`,
    async gradients() {
      run();
      const gradients = Object.fromEntries(
        network.parameters.map((p) => [network.nameOf(p), device.read(p.grad)]),
      );
      return { loss: device.read(loss!.value)[0]!, gradients };
    },
    async train(steps) {
      for (let i = 0; i < steps; i++) {
        run();
        adam.step();
      }
      device.read(loss!.value);
    },
  };
}

/** This library as a peer. */
async function start(problem: Problem, threads: number | "auto", kind: string): Promise<Trainer> {
  if (!isDeviceKind(kind)) throw new Error(`hebbian: there is no device ${kind}`);
  const device = await init({ device: kind, threads });
  return trainerOf(device, problem);
}

function trainerOf(device: Device, problem: Problem): Trainer {
  const { kind } = problem;
  if (kind === "rnn") return networkTrainer(device, problem, rnn(device, problem));
  if (kind === "maze") return networkTrainer(device, problem, maze(device, problem));
  if (kind === "lstm") return networkTrainer(device, problem, lstm(device, problem));
  if (kind === "one-shot") return networkTrainer(device, problem, oneShot(device, problem));
  if (kind === "fast-hebb" || kind === "fast-gated-delta" || kind === "fast-kda")
    return networkTrainer(device, problem, fastMemory(device, problem, kind));
  if (kind === "text-lstm" || kind === "text-modulated") return textTrainer(device, problem, kind);
  return agentTrainer(device, problem, kind);
}

await serve("hebbian", start);
