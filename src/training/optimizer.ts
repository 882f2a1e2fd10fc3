import type { Device } from "../devices/device.js";
import type { Parameter } from "../tape/index.js";
import { Adam, type AdamOptions, type Moments } from "./adam.js";
import { Sgd, type SgdOptions } from "./sgd.js";

/** What moves parameters by their gradients, episode by episode. */
export interface Optimizer {
  /** The trained ones, in the network's order. */
  readonly parameters: readonly Parameter[];
  /** What it keeps for each of them beside their values, if anything. */
  readonly moments: readonly Moments[];
  /** Steps made so far: part of the state. */
  steps: number;
  /** What the learning rate is multiplied by beyond its schedule, 1 at first: part of the state. */
  annealed: number;
  /** The learning rate of the next step. */
  readonly lr: number;
  /** The global norm of all gradients; not finite if any gradient is not. */
  gradientNorm(): number;
  /** Moves every trained parameter once. */
  step(): void;
  /** Gives its memory back to the device; the parameters stay. */
  release(): void;
}

/** A network's optimizer: Adam, or gradient descent where the network has options for it. */
export function optimizerOf(
  device: Device,
  { parameters, adam, sgd }: OptimizerChoice & { readonly parameters: readonly Parameter[] },
): Optimizer {
  return sgd ? new Sgd(device, parameters, sgd) : new Adam(device, parameters, adam!);
}

/** One of them. */
export interface OptimizerChoice {
  readonly adam?: AdamOptions;
  readonly sgd?: SgdOptions;
}
