import type { Device } from "../devices/device.js";
import { defineMap, Parameter } from "../tape/index.js";
import { expectLayerOptions, type Kinds } from "./expectLayerOptions.js";
import { identityMatrix } from "./fastWeightsRnn.js";
import type { Gaussian } from "./layer.js";
import { type PlasticRnn, plainRnn } from "./plasticRnn.js";

/** Rectified linear neurons: y = max(z + u, 0). */
export const rectifiedInput = defineMap(["z", "u"], { y: "max(z + u, 0)" });

/** Sizes of an `Irnn`, and what its recurrent weights start with. */
export interface IrnnOptions {
  readonly inputs: number;
  readonly neurons: number;
  /** What the recurrent weights start as a multiple of the identity with; 1 unless given. */
  readonly identity?: number;
  /** Parameters are called `name`.w, `name`.input and `name`.bias; "recurrent" unless given. */
  readonly name?: string;
}

/**
 * Rectified linear recurrent network that starts as the identity, so that it keeps what it is given: y(t) = max(y(t-1) @ W +
 * x(t) @ U + b, 0). Le, Jaitly, Hinton 2015 (arXiv 1504.00941); our input weights are larger than theirs, normal with standard
 * deviation 1 / sqrt(inputs).
 */
export function irnn(device: Device, options: IrnnOptions, random: Gaussian): PlasticRnn {
  const kinds: Kinds = { inputs: "size", neurons: "size", identity: "other", name: "other" };
  expectLayerOptions("irnn", options, kinds, ["inputs", "neurons"]);
  const { inputs, neurons, identity = 1, name = "recurrent" } = options;
  const w = new Parameter(`${name}.w`, device, neurons, neurons, identityMatrix(neurons, identity));
  return plainRnn(device, { inputs, neurons, name, w, activation: rectifiedInput }, random);
}
