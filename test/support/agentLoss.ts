import type { Problem } from "../../bench/problem.js";
import { times } from "./problemLoss.js";

type Arrays = Readonly<Record<string, ArrayLike<number>>>;

/** What an agent of a benchmark's problem saw, did and earned: [steps, batch, features], [steps, batch], [steps, batch]. */
export interface Lived {
  readonly x: Float32Array;
  readonly actions: Float32Array;
  readonly rewards: Float32Array;
}

/**
 * The loss of those episodes in float64, straight from the equations in bench/agentProblem.ts, with `params` in the place
 * of the problem's own; the advantages that the policy's term takes as constants are those of the problem's own.
 */
export function agentLoss(problem: Problem, lived: Lived, params: Arrays): number {
  const { batch, steps, actions, gamma, valueWeight, penalty } = problem.sizes as Record<string, number>;
  const own = outputsOf(problem, lived, problem.params);
  const outputs = outputsOf(problem, lived, params);
  let loss = 0;
  for (let b = 0; b < batch!; b++) {
    let goal = 0;
    for (let t = steps! - 1; t >= 0; t--) {
      const row = t * batch! + b;
      goal = lived.rewards[row]! + gamma! * goal;
      const out = outputs[row]!;
      const exps = out.slice(0, actions).map(Math.exp);
      const total = exps.reduce((a, e) => a + e, 0);
      const p = exps.map((e) => e / total);
      loss -= Math.log(p[lived.actions[row]!]!) * (goal - own[row]![actions!]!);
      loss += valueWeight! * (goal - out[actions!]!) ** 2 + penalty! * p.reduce((a, e) => a + e * e, 0);
    }
  }
  return loss / (batch! * steps!);
}

/** The heads' outputs at row t * batch + b. */
function outputsOf({ sizes }: Problem, { x }: Lived, p: Arrays): Float64Array[] {
  const { neurons: n, batch, steps, features, actions } = sizes as Record<string, number>;
  const outputs: Float64Array[] = [];
  for (let b = 0; b < batch!; b++) {
    const trace = new Float64Array(n! * n!);
    let h = new Float64Array(n!);
    for (let t = 0; t < steps!; t++) {
      const row = t * batch! + b;
      const current = times(x.subarray(row * features!, (row + 1) * features!), (k) => p.i2h![k]!, n!);
      const read = times(h, (k) => p.w![k]! + (p.alpha ? (p.alpha[k] ?? p.alpha[0])! * trace[k]! : 0), n!);
      const next = current.map((z, j) => Math.tanh(z + p.i2hBias![j]! + read[j]!));
      const rate = p.modulator
        ? Math.tanh(times(next, (k) => p.modulator![k]!, 1)[0]! + p.modulatorBias![0]!)
        : (p.eta?.[0] ?? 0);
      for (let k = 0; k < trace.length; k++) {
        const updated = trace[k]! + rate * h[Math.floor(k / n!)]! * next[k % n!]!;
        trace[k] = Math.min(1, Math.max(-1, updated));
      }
      h = next;
      outputs[row] = times(h, (k) => p.heads![k]!, actions! + 1).map((z, k) => z + p.headsBias![k]!);
    }
  }
  return outputs;
}
