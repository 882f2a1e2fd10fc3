import type { Parameters } from "fast-check";
import type { Device } from "../src/devices/device.js";
import { type Graph, runGraph, uniformNumbers } from "./graph.js";

/** A named check that a device computes what the reference device computes; throws where it does not. */
export interface ParityCheck {
  /** The method of `Device` that is in question. */
  readonly method: string;
  readonly name: string;
  /** How many random cases are tried, and whether a failing one is made smaller, is up to the parameters. */
  check(reference: Device, device: Device, parameters: Parameters<unknown>): void;
}

/** A device computed something else than the reference device. */
export class Mismatch extends Error {}

/** float32 carries 24 bits, 6e-8; sums over some hundred terms and steps lose two or three digits of that. */
export const limit = 2e-5;

/**
 * Throws unless every number is within `limit` of the expected one, relative to the largest expected;
 * `allowance` is an absolute error that is accepted on top.
 */
function expectClose(what: string, got: ArrayLike<number>, expected: ArrayLike<number>, allowance = 0): void {
  if (got.length !== expected.length) {
    throw new Mismatch(`${what}: ${got.length} numbers instead of ${expected.length}`);
  }
  // Where all is 0, or so small that float32 may flush it to 0, the limit is absolute.
  const largest = largestOf(expected);
  const scale = largest > 1e-30 ? largest : 1;
  for (let k = 0; k < expected.length; k++) {
    const difference = Math.abs(got[k]! - expected[k]!);
    // NaN and infinities must be the same ones.
    if (Object.is(got[k], expected[k]) || difference <= limit * scale + allowance) continue;
    throw new Mismatch(
      `${what}: number ${k} of ${expected.length} is ${got[k]} instead of ${expected[k]}, ` +
        `off by ${(difference / scale).toExponential(1)} of the largest (limit ${limit})`,
    );
  }
}

/** What a computation yields, by name. */
export type Outcome = Readonly<Record<string, ArrayLike<number>>>;
/** The numbers that a computation starts from: as drawn, or moved a little. */
export type Nudge = (name: string, numbers: Float64Array) => Float64Array;

const asDrawn: Nudge = (_, numbers) => numbers;

/** Every number off by up to 16 units in the last place of float32. */
const nudged =
  (seed: number): Nudge =>
  (name, numbers) => {
    const noise = uniformNumbers(seed, `nudge ${name}`, numbers.length, -(2 ** -20), 2 ** -20);
    return numbers.map((value, k) => value * (1 + noise[k]!));
  };

/**
 * Throws unless a computation yields the same numbers on both devices. Where much cancels, as in a sum of a few
 * hundred products or the gradient of a shared number, no float32 device can do better than the exact one does from
 * numbers that float32 could hardly tell from the true ones: as far as any such run is from what is expected, so may
 * the device be. Several of them: by luck, one may move a single number, such as the loss, hardly at all.
 */
export function expectParity(
  reference: Device,
  device: Device,
  run: (device: Device, nudge: Nudge) => Outcome,
): void {
  const [got, expected] = [run(device, asDrawn), run(reference, asDrawn)];
  const compare = (nearby: readonly Outcome[]) => {
    for (const [key, numbers] of Object.entries(expected)) {
      const moved = nearby.map((near) => largestOf(Array.from(numbers, (n, k) => near[key]![k]! - n)));
      expectClose(key, got[key] ?? [], numbers, Math.max(0, ...moved));
    }
  };
  try {
    compare([]);
  } catch {
    compare([1, 2, 3, 4].map((seed) => run(reference, nudged(seed))));
  }
}

/** `expectParity` of every output and every gradient of a graph. */
export function expectGraphParity(reference: Device, device: Device, graph: Graph): void {
  expectParity(reference, device, (on, nudge) => {
    const leaves = Object.entries(graph.leaves).map(([key, leaf]) => [
      key,
      { ...leaf, data: nudge(key, leaf.data) },
    ]);
    const { outputs, grads } = runGraph(on, { ...graph, leaves: Object.fromEntries(leaves) });
    const named = (part: string, numbers: Outcome) =>
      Object.entries(numbers).map(([key, each]) => [`${part} ${key}`, each] as const);
    return Object.fromEntries([...named("output", outputs), ...named("gradient of", grads)]);
  });
}

function largestOf(numbers: ArrayLike<number>): number {
  let largest = 0;
  for (let k = 0; k < numbers.length; k++) {
    if (Number.isFinite(numbers[k])) largest = Math.max(largest, Math.abs(numbers[k]!));
  }
  return largest;
}
