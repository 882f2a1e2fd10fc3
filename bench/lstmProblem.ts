import type { Random } from "../src/tasks/random.js";
import { normals, type Problem } from "./problem.js";

/**
 * `batch` episodes of a plastic LSTM (BP 4.3, without a modulator), x the input and y the output of the step before:
 * f, i, o = sigmoid(x @ xf + y @ yf + bf) and so on; g = tanh(x @ xg + y @ (w + alpha * H) + bg);
 * c <- f c + i g; y <- o tanh(c); then H <- clip(H + eta * outer(y before, g), -1, 1), an H for each episode.
 * loss = sum(y * cy) over all steps.
 */
export function lstmProblem(
  size: {
    readonly neurons: number;
    readonly batch: number;
    readonly steps: number;
    readonly features: number;
  },
  { eta, lr }: { readonly eta: number; readonly lr: number },
  rng: Random,
): Problem {
  const { neurons: n, batch, steps, features } = size;
  const std = 1 / Math.sqrt(n);
  const input = () => normals(rng, std, features, n);
  const recurrent = () => normals(rng, std, n, n);
  const bias = () => normals(rng, 0.1, n);
  return {
    kind: "lstm",
    sizes: { ...size, lr },
    params: {
      ...{ xf: input(), xi: input(), xo: input(), xg: input() },
      ...{ yf: recurrent(), yi: recurrent(), yo: recurrent(), w: recurrent() },
      ...{ bf: bias(), bi: bias(), bo: bias(), bg: bias() },
      alpha: normals(rng, std / 2, n, n),
      eta: Float32Array.of(eta),
    },
    inputs: { x: normals(rng, 0.5, steps, batch, features), cy: normals(rng, 0.1, steps, batch, n) },
  };
}
