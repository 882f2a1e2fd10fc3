import type { Random } from "../src/tasks/random.js";
import { normals, type Problem } from "./problem.js";

/** 3 x 3 kernels at every other pixel, four times: pictures of 31 x 31 become one pixel. */
const LAYERS = 4;
const KERNEL = 9;

/**
 * `batch` episodes of one-shot learning (DP 4.3). Pictures go through four convolutions, 3 x 3, stride 2, tanh:
 * x = [neurons] features. In all steps but the last y is the label; there, y = softmax(x @ (w + alpha * H)). After each
 * step H <- H + eta * y * (x - y * H), an H for each episode. loss = binary cross-entropy of the last y, the mean over
 * classes and episodes. Weights `conv1` to `conv4` are [9 * channels, neurons], the kernel row by row, channels innermost.
 * `stepping` is 1 where the peers convolve the pictures of each step by themselves, as the paper's program does.
 */
export function oneShotProblem(
  size: {
    readonly neurons: number;
    readonly batch: number;
    readonly steps: number;
    readonly classes: number;
    readonly stepping: 0 | 1;
  },
  { eta, lr }: { readonly eta: number; readonly lr: number },
  rng: Random,
): Problem {
  const { neurons: n, batch, steps, classes } = size;
  const side = 31;
  const layers = Array.from({ length: LAYERS }, (_, i) => {
    const fanIn = KERNEL * (i === 0 ? 1 : n);
    return [
      [`conv${i + 1}`, normals(rng, 1 / Math.sqrt(fanIn), fanIn, n)],
      [`conv${i + 1}Bias`, normals(rng, 0.1, n)],
    ] as const;
  });
  const labels = new Float32Array(steps * batch * classes);
  for (let row = 0; row < steps * batch; row++) {
    // Each class once, then any.
    const step = Math.floor(row / batch);
    labels[row * classes + (step < classes ? step : rng.integer(classes))] = 1;
  }
  return {
    kind: "one-shot",
    sizes: { ...size, lr },
    params: {
      ...Object.fromEntries(layers.flat()),
      w: normals(rng, 0.1, n, classes),
      alpha: normals(rng, 0.1, n, classes),
      eta: Float32Array.of(eta),
    },
    inputs: { pictures: normals(rng, 0.5, steps, batch, side, side), labels },
  };
}
