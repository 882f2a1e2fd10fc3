import type { Problem } from "../../bench/problem.js";

type Arrays = Readonly<Record<string, ArrayLike<number>>>;

/** x @ m, with m [x.length, width]. */
export function times(x: ArrayLike<number>, m: (k: number) => number, width: number): Float64Array {
  const out = new Float64Array(width);
  for (let i = 0; i < x.length; i++) for (let j = 0; j < width; j++) out[j]! += x[i]! * m(i * width + j);
  return out;
}

/**
 * The loss of a benchmark's problem in float64, straight from the equations in bench/problem.ts, with `params` in the
 * place of the problem's own.
 */
export function problemLoss(problem: Problem, params: Arrays): number {
  if (problem.kind === "rnn") return rnnLoss(problem, params);
  if (problem.kind === "lstm") return lstmLoss(problem, params);
  if (problem.kind === "maze") return mazeLoss(problem, params);
  if (problem.kind.startsWith("fast-")) return fastLoss(problem, params);
  if (problem.kind === "one-shot") return oneShotLoss(problem, params);
  throw new Error("the loss of an agent depends on what it lived: see agentLoss");
}

/** Row b of step t of an array [steps, heads, cols]. */
const rowOf = (all: ArrayLike<number>, row: number, cols: number, j: number) => all[row * cols + j]!;

function fastLoss({ kind, sizes, inputs }: Problem, { k, v, q, a, g, beta, eta }: Arrays): number {
  const { neurons: n, batch: heads, steps } = sizes as Record<"neurons" | "batch" | "steps", number>;
  let loss = 0;
  for (let b = 0; b < heads; b++) {
    const memory = new Float64Array(n * n);
    for (let t = 0; t < steps; t++) {
      const row = t * heads + b;
      const key = Array.from({ length: n }, (_, i) => rowOf(k!, row, n, i));
      const gate = (i: number) => (kind === "fast-kda" ? rowOf(a!, row, n, i) : g![row]!);
      const isHebb = kind === "fast-hebb";
      for (let i = 0; i < n; i++)
        for (let j = 0; j < n; j++) memory[i * n + j]! *= isHebb ? 1 - eta![0]! : gate(i);
      const recalled = isHebb ? new Float64Array(n) : times(key, (at) => memory[at]!, n);
      const strength = isHebb ? eta![0]! : beta![row]!;
      for (let i = 0; i < n; i++)
        for (let j = 0; j < n; j++)
          memory[i * n + j]! += strength * key[i]! * (rowOf(v!, row, n, j) - recalled[j]!);
      const query = Array.from({ length: n }, (_, i) => rowOf(q!, row, n, i));
      times(query, (at) => memory[at]!, n).forEach((o, j) => {
        loss += o * rowOf(inputs.co!, row, n, j);
      });
    }
  }
  return loss;
}

function rnnLoss({ sizes, inputs }: Problem, { w, alpha, eta }: Arrays): number {
  const n = sizes.neurons!;
  const trace = new Float64Array(n * n);
  let x = new Float64Array(n);
  for (let t = 0; t < sizes.steps!; t++) {
    const input = inputs.input!.subarray(t * n, (t + 1) * n);
    const sum = times(x, (k) => w![k]! + alpha![k]! * trace[k]!, n);
    const y = sum.map((z, j) => (sizes.clamped && input[j] !== 0 ? input[j]! : Math.tanh(z + input[j]!)));
    for (let k = 0; k < n * n; k++) {
      trace[k] = (1 - eta![0]!) * trace[k]! + eta![0]! * x[Math.floor(k / n)]! * y[k % n]!;
    }
    x = y;
  }
  return inputs.target!.reduce((loss, target, j) => loss + (x[j]! - target) ** 2, 0);
}

function mazeLoss({ sizes, inputs }: Problem, p: Arrays): number {
  const { neurons: n, batch, steps, features, actions } = sizes as Record<string, number>;
  let loss = 0;
  for (let b = 0; b < batch!; b++) {
    const trace = new Float64Array(n! * n!);
    let h = new Float64Array(n!);
    for (let t = 0; t < steps!; t++) {
      const row = t * batch! + b;
      const x = inputs.x!.subarray(row * features!, (row + 1) * features!);
      const current = times(x, (k) => p.i2h![k]!, n!);
      const recurrent = times(h, (k) => p.w![k]! + p.alpha![k]! * trace[k]!, n!);
      const next = current.map((z, j) => Math.tanh(z + p.i2hBias![j]! + recurrent[j]!));
      for (let k = 0; k < trace.length; k++) {
        const updated = trace[k]! + p.eta![0]! * h[Math.floor(k / n!)]! * next[k % n!]!;
        trace[k] = Math.min(1, Math.max(-1, updated));
      }
      h = next;
      const logits = times(h, (k) => p.h2o![k]!, actions!);
      logits.forEach((logit, a) => {
        loss += (logit + p.h2oBias![a]!) * inputs.ca![row * actions! + a]!;
      });
      loss += (times(h, (k) => p.h2v![k]!, 1)[0]! + p.h2vBias![0]!) * inputs.cv![row]!;
    }
  }
  return loss;
}

function lstmLoss({ sizes, inputs }: Problem, p: Arrays): number {
  const { neurons: n, batch, steps, features } = sizes as Record<string, number>;
  const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
  let loss = 0;
  for (let b = 0; b < batch!; b++) {
    const trace = new Float64Array(n! * n!);
    let y = new Float64Array(n!);
    let c = new Float64Array(n!);
    for (let t = 0; t < steps!; t++) {
      const row = t * batch! + b;
      const x = inputs.x!.subarray(row * features!, (row + 1) * features!);
      const before = y;
      const into = (gate: string, weight: (k: number) => number) => {
        const [input, read] = [times(x, (k) => p[`x${gate}`]![k]!, n!), times(before, weight, n!)];
        return input.map((z, j) => z + read[j]! + p[`b${gate}`]![j]!);
      };
      const [f, i, o] = ["f", "i", "o"].map((gate) => into(gate, (k) => p[`y${gate}`]![k]!).map(sigmoid));
      const g = into("g", (k) => p.w![k]! + p.alpha![k]! * trace[k]!).map(Math.tanh);
      c = c.map((cell, j) => f![j]! * cell + i![j]! * g[j]!);
      y = c.map((cell, j) => o![j]! * Math.tanh(cell));
      for (let k = 0; k < trace.length; k++) {
        const updated = trace[k]! + p.eta![0]! * before[Math.floor(k / n!)]! * g[k % n!]!;
        trace[k] = Math.min(1, Math.max(-1, updated));
      }
      y.forEach((value, j) => {
        loss += value * inputs.cy![row * n! + j]!;
      });
    }
  }
  return loss;
}

function oneShotLoss({ sizes, inputs }: Problem, p: Arrays): number {
  const {
    neurons: n,
    batch,
    steps,
    classes,
  } = sizes as Record<"neurons" | "batch" | "steps" | "classes", number>;
  let loss = 0;
  for (let b = 0; b < batch; b++) {
    const trace = new Float64Array(n * classes);
    for (let t = 0; t < steps; t++) {
      const row = t * batch + b;
      const label = inputs.labels!.subarray(row * classes, (row + 1) * classes);
      const x = features(inputs.pictures!.subarray(row * 31 * 31, (row + 1) * 31 * 31), p, n);
      if (t === steps - 1) {
        const e = times(x, (k) => p.w![k]! + p.alpha![k]! * trace[k]!, classes).map(Math.exp);
        const total = e.reduce((a, z) => a + z);
        e.forEach((z, j) => {
          loss -= Math.log(label[j] ? z / total : 1 - z / total) / (batch * classes);
        });
      }
      trace.forEach((h, k) => {
        const y = label[k % classes]!;
        trace[k] = h + p.eta![0]! * y * (x[Math.floor(k / classes)]! - y * h);
      });
    }
  }
  return loss;
}

/** Four convolutions, 3 x 3 at every other pixel, with tanh. */
function features(picture: ArrayLike<number>, p: Arrays, n: number): Float64Array {
  let x = Float64Array.from(picture);
  for (let layer = 1, side = 31, channels = 1; layer <= 4; layer++, channels = n) {
    const out = (side - 1) / 2;
    const y = new Float64Array(out * out * n);
    for (let place = 0; place < out * out; place++) {
      const patch = [0, 1, 2].flatMap((ky) => {
        const from = ((2 * Math.floor(place / out) + ky) * side + 2 * (place % out)) * channels;
        return [...x.subarray(from, from + 3 * channels)];
      });
      times(patch, (k) => p[`conv${layer}`]![k]!, n).forEach((z, j) => {
        y[place * n + j] = Math.tanh(z + p[`conv${layer}Bias`]![j]!);
      });
    }
    x = y;
    side = out;
  }
  return x;
}
