import type { Parameters } from "fast-check";
import type { Device } from "../src/devices/device.js";
import type { Numbers } from "./graph.js";

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
export function expectClose(
  what: string,
  got: ArrayLike<number>,
  expected: ArrayLike<number>,
  allowance = 0,
): void {
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

/**
 * Compares every output and every gradient of two runs of a graph. `nearby` is what the graph yields for leaves that
 * float32 could hardly tell from the true ones: as far as any of them is from what is expected, so may `got` be.
 */
export function expectSameNumbers(got: Numbers, expected: Numbers, nearby: readonly Numbers[] = []): void {
  for (const part of ["outputs", "grads"] as const) {
    for (const [key, numbers] of Object.entries(expected[part])) {
      const moved = nearby.map((near) => largestOf(Array.from(numbers, (n, k) => near[part][key]![k]! - n)));
      expectClose(`${part} ${key}`, got[part][key] ?? [], numbers, Math.max(0, ...moved));
    }
  }
}

function largestOf(numbers: ArrayLike<number>): number {
  let largest = 0;
  for (let k = 0; k < numbers.length; k++) {
    if (Number.isFinite(numbers[k])) largest = Math.max(largest, Math.abs(numbers[k]!));
  }
  return largest;
}
