import type { Device } from "../devices/device.js";
import type { Rule } from "../rules/rule.js";
import { defineMap, map, type Parameter, type Tape, type Tensor } from "../tape/index.js";
import type { Gaussian, Layer } from "./layer.js";
import { Linear } from "./linear.js";

/** A network's own say in how its connections learn: from its neurons' activity to the signal m of its rule. */
export interface Modulator extends Layer {
  /** How many different signals it gives: "episode" one for all connections, "post" one for each postsynaptic neuron. */
  readonly rate: "episode" | "post";
  /** y [batch, neurons] -> m, [batch, 1] or [batch, neurons]. */
  apply(tape: Tape, y: Tensor): Tensor;
}

/** Makes a modulator for a network of so many neurons. */
export type ModulatorMaker = (device: Device, neurons: number, random: Gaussian) => Modulator;

const squash = defineMap(["z"], { m: "tanh(z)" });

/** One number for all connections: m = tanh(y @ weight + bias). Miconi et al. 2019 (arXiv 2002.10585), eq. 3. */
export const singleModulator: ModulatorMaker = (device, neurons, random) => {
  const linear = new Linear(device, "modulator", neurons, 1, random);
  return {
    rate: "episode",
    parameters: linear.parameters,
    apply: (tape, y) => map(tape, squash, [linear.apply(tape, y)])[0]!,
  };
};

/**
 * One number, fanned out to a rate of each neuron: m = tanh(y @ weight + bias) @ fanOut + bias. Miconi et al. 2019, 4.3;
 * the rates differ by neuron at any batch size.
 */
export const fanOutModulator: ModulatorMaker = (device, neurons, random) => {
  const single = singleModulator(device, neurons, random);
  const fanOut = new Linear(device, "fanOut", 1, neurons, random);
  const parameters: Parameter[] = [...single.parameters, ...fanOut.parameters];
  return {
    rate: "post",
    parameters,
    apply: (tape, y) => fanOut.apply(tape, single.apply(tape, y)),
  };
};

/** Throws a TypeError unless a rule's signals are just those that the modulator (or none) gives. */
export function expectSignals(where: string, { name, signals }: Rule, modulator: Modulator | null): void {
  const words = (given: Readonly<Record<string, string>>) =>
    Object.entries(given)
      .map(([signal, per]) => `${signal} per ${per}`)
      .join(", ") || "none";
  const given = words(modulator ? { m: modulator.rate } : {});
  if (words(signals) === given) return;
  throw new TypeError(
    `${where}: the signals of the rule ${name} are ${words(signals)}, of the modulator ${given}; pass another modulator`,
  );
}
