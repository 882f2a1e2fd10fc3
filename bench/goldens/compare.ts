import type { Results } from "./family.js";
import type { Golden, GoldenTensor } from "./golden.js";

export interface Comparison {
  readonly maxOutputError: number;
  readonly maxGradientError: number;
}

/** The largest error over all outputs (the loss is one) and over all gradients of a golden. */
export function compare(golden: Golden, results: Results): Comparison {
  const loss = { shape: [1], data: [golden.loss] };
  return {
    maxOutputError: largestError({ ...golden.outputs, loss }, { ...results.outputs, loss: [results.loss] }),
    maxGradientError: largestError(golden.grads, results.grads),
  };
}

function largestError(
  expected: Readonly<Record<string, GoldenTensor>>,
  got: Readonly<Record<string, ArrayLike<number>>>,
): number {
  return Math.max(
    0,
    ...Object.entries(expected).map(([name, tensor]) => relativeError(name, tensor, got[name])),
  );
}

/** max |difference| / max |expected|; where all that is expected is 0, max |difference|. A NaN is an infinite error. */
function relativeError(name: string, expected: GoldenTensor, got: ArrayLike<number> | undefined): number {
  if (got?.length !== expected.data.length) {
    throw new Error(`${name} must have ${expected.data.length} numbers, got ${got ? got.length : "none"}`);
  }
  let difference = 0;
  let largest = 0;
  expected.data.forEach((value, k) => {
    const d = Math.abs(got[k]! - value);
    difference = Number.isNaN(d) ? Number.POSITIVE_INFINITY : Math.max(difference, d);
    largest = Math.max(largest, Math.abs(value));
  });
  return largest > 0 ? difference / largest : difference;
}
