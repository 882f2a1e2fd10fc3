import type { Random } from "../src/tasks/random.js";
import { normals, type Problem } from "./problem.js";

/** The networks of the maze experiment that are measured: their kinds of problem. */
export type AgentKind = "agent-plastic" | "agent-homogeneous" | "agent-modulated" | "agent-rnn";

/**
 * One iteration of the maze experiment (BP 4.2): `batch` episodes are lived and learned from. Every peer has a maze of its
 * own, of the rules that src/tasks/maze.ts states, and its own random numbers.
 *
 * h(t) = tanh(x(t) @ i2h + i2hBias + h(t-1) @ (w + alpha * H)), H <- clip(H + eta * outer(h(t-1), h(t)), -1, 1); in
 * `agent-homogeneous`, alpha is one number; in `agent-modulated`, tanh(h(t) @ modulator + modulatorBias) in the place of eta; in `agent-rnn`, w alone.
 * out = h @ heads + headsBias: logits of 4 actions, of which softmax draws one, and the value.
 * loss = mean over steps and episodes of -log p(action) (R - value) + value weight * (R - value)^2 + penalty * sum p^2,
 * with R(t) = reward(t) + gamma R(t+1), and R - value a constant in the first term. Then the gradient's norm is clipped.
 */
export function agentProblem(
  kind: AgentKind,
  size: { readonly neurons: number; readonly batch: number; readonly steps: number; readonly size: number },
  { std, lr }: { readonly std: number; readonly lr: number },
  rng: Random,
): Problem {
  const { neurons: n } = size;
  const [features, actions] = [16, 4];
  const plastic = { alpha: kind === "agent-homogeneous" ? Float32Array.of(std) : normals(rng, std, n, n) };
  const modulator = { modulator: normals(rng, 1 / Math.sqrt(n), n), modulatorBias: normals(rng, 0.1, 1) };
  return {
    kind,
    sizes: { ...size, features, actions, lr, gamma: 0.9, valueWeight: 0.1, penalty: 0.03, clipNorm: 4 },
    params: {
      i2h: normals(rng, 1 / Math.sqrt(features), features, n),
      i2hBias: normals(rng, 0.1, n),
      w: normals(rng, std, n, n),
      ...(kind !== "agent-rnn" && plastic),
      ...((kind === "agent-plastic" || kind === "agent-homogeneous") && { eta: Float32Array.of(0.03) }),
      ...(kind === "agent-modulated" && modulator),
      heads: normals(rng, 1 / Math.sqrt(n), n, actions + 1),
      headsBias: normals(rng, 0.1, actions + 1),
    },
    inputs: {},
  };
}
