import type { Device } from "../devices/device.js";
import {
  concatRows,
  defineMap,
  type MapDefinition,
  map,
  Parameter,
  type Tape,
  type Tensor,
} from "../tape/index.js";
import { type Gaussian, gaussian, type Layer } from "./layer.js";

/**
 * Each channel as a weighted sum of what it was in the last steps: y(t) = sum over j of w_j * x(t - j), j = 0 .. taps - 1. Before the
 * first step everything was 0. With it a layer's key can be of one token and its value of the next.
 */
export class ShortConvolution implements Layer {
  /** w_j, [1, channels] each, the present step's first. */
  readonly parameters: readonly Parameter[];
  private readonly definition: MapDefinition;

  /** Weights (`name`.tap0 ...) start normal with standard deviation 1 / sqrt(taps). Throws a RangeError for less than one tap. */
  constructor(device: Device, name: string, channels: number, taps: number, random: Gaussian) {
    if (!(Number.isInteger(taps) && taps >= 1)) {
      throw new RangeError(`shortConvolution: taps must be a whole number of at least 1, got ${taps}`);
    }
    this.parameters = Array.from(
      { length: taps },
      (_, j) =>
        new Parameter(
          `${name}.tap${j}`,
          device,
          1,
          channels,
          gaussian(random, channels, 1 / Math.sqrt(taps)),
        ),
    );
    this.definition = weightedSum(taps);
  }

  /** Steps before the present one that it looks at. */
  get lookBack(): number {
    return this.parameters.length - 1;
  }

  /** What there was before an episode: zeros, [batch, channels] for each step, the latest first. */
  begin(tape: Tape): readonly Tensor[] {
    const [first] = this.parameters;
    return Array.from({ length: this.lookBack }, () => tape.filled(tape.batch, first!.shape[1], 0));
  }

  /** One step: x [batch, channels], `past` as `begin` or the step before left it. */
  step(tape: Tape, past: readonly Tensor[], x: Tensor): { y: Tensor; past: readonly Tensor[] } {
    const all = [x, ...past];
    return { y: this.sum(tape, all), past: all.slice(0, this.lookBack) };
  }

  /** All steps of an episode at once, [steps * batch, channels], row t * batch + b; and what the next step would look back on. */
  whole(tape: Tape, x: Tensor): { y: Tensor; past: readonly Tensor[] } {
    const { lookBack } = this;
    const { batch } = tape;
    const before = this.begin(tape);
    const padded = lookBack > 0 ? concatRows(tape, [...before, x]) : x;
    const y = this.sum(
      tape,
      this.parameters.map((_, j) => tape.rows(padded, (lookBack - j) * batch, x.rows)),
    );
    const past = before.map((_, j) => tape.rows(padded, padded.rows - (j + 1) * batch, batch));
    return { y, past };
  }

  private sum(tape: Tape, steps: readonly Tensor[]): Tensor {
    return map(tape, this.definition, [...steps, ...this.parameters.map((w) => tape.param(w))])[0]!;
  }
}

const known = new Map<number, MapDefinition>();

function weightedSum(taps: number): MapDefinition {
  const numbered = Array.from({ length: taps }, (_, j) => j);
  const definition =
    known.get(taps) ??
    defineMap([...numbered.map((j) => `x${j}`), ...numbered.map((j) => `w${j}`)], {
      y: numbered.map((j) => `x${j} * w${j}`).join(" + "),
    });
  known.set(taps, definition);
  return definition;
}
