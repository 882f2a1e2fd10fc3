import type { AdamStep } from "../device.js";
import { matrix, matrixOf, type ReferenceBuffer } from "./matrix.js";

/**
 * One step of Adam (Kingma & Ba 2015, algorithm 1) with decoupled weight decay (Loshchilov & Hutter 2019),
 * in the form that PyTorch computes: eps is added to the corrected root.
 */
export function adam(options: AdamStep): void {
  const { lr, beta1, beta2, eps, weightDecay, step } = options;
  if (!(Number.isInteger(step) && step >= 1)) throw new RangeError(`adam: step counts from 1, got ${step}`);
  const param = matrix("adam: param", options.param);
  const [grad, m, v] = (["grad", "m", "v"] as const).map(
    (key) => matrixOf(`adam: ${key}`, param.rows, param.cols, options[key]).data,
  ) as [Float64Array, Float64Array, Float64Array];
  const scale = options.scale ? matrixOf("adam: scale", 1, 1, options.scale).data[0]! : 1;
  const correction1 = 1 - beta1 ** step;
  const correction2 = 1 - beta2 ** step;
  for (let k = 0; k < grad.length; k++) {
    const g = scale * grad[k]!;
    m[k] = beta1 * m[k]! + (1 - beta1) * g;
    v[k] = beta2 * v[k]! + (1 - beta2) * g * g;
    const decayed = param.data[k]! * (1 - lr * weightDecay);
    param.data[k] =
      decayed - ((lr / correction1) * m[k]!) / (Math.sqrt(v[k]!) / Math.sqrt(correction2) + eps);
  }
}

/** norm = the root of the sum of squares of all gradients; scale = min(1, maxNorm / norm). */
export function clipScale(
  grads: readonly ReferenceBuffer[],
  maxNorm: number,
  scale: ReferenceBuffer,
  norm: ReferenceBuffer,
): void {
  let squares = 0;
  for (const grad of grads) for (const g of grad.data) squares += g * g;
  norm.data[0] = Math.sqrt(squares);
  // At norm 0 the quotient is infinite and the scale 1; a NaN norm gives a NaN scale, for `allFinite` to find.
  scale.data[0] = Math.min(1, maxNorm / norm.data[0]);
}
