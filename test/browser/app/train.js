// @ts-nocheck A user's plain JavaScript.
import { decayingHebb, defineMap, init, map, PlasticRnn, sum, Tape } from "hebbian";
import { patternsEpisode, patternsNeurons, random, smallPatterns } from "hebbian/tasks";
import { Adam, live } from "hebbian/training";

// As a user of the package would write it; the same file runs in Node, in a page and in a web worker.

const squaredError = defineMap(["y", "target"], { e: "(y - target) * (y - target)" });
const task = { ...smallPatterns, bits: 64, biasNeuron: false };

/** Trains a small plastic network to complete patterns; returns what device it ran on, and the loss of every episode. */
export async function train() {
  const device = await init({ threads: 2 });
  const neurons = patternsNeurons(task);
  const network = new PlasticRnn(device, { neurons, rule: decayingHebb }, random(0, "weights", 0));
  const adam = new Adam(device, network.parameters, { lr: 0.003 });
  const losses = [];
  for (let index = 0; index < 60; index++) {
    const { inputs, target } = patternsEpisode(task, random(0, "train", index));
    const tape = new Tape(device, 1);
    const last = live(tape, network, inputs).outputs.at(-1);
    const loss = sum(tape, map(tape, squaredError, [last, tape.constant(1, neurons, target)])[0]);
    losses.push(device.read(loss.value)[0]);
    tape.backward(loss);
    adam.step();
  }
  const { info } = device;
  await device.dispose();
  return { info, losses };
}
