/** What keeps a policy from settling on one action too early: a term of the loss at every step. */
export interface Penalty {
  /** Of the probabilities of the actions, which are p[from] to p[to - 1]. */
  readonly value: (p: Float64Array, from: number, to: number) => number;
  /** Its slope in the logit of an action of probability p, where `value` is the penalty's value. */
  readonly slope: (p: number, value: number) => number;
}

/** Sum of squared probabilities: what both papers' programs use. */
export const concentration: Penalty = {
  value: (p, from, to) => {
    let sum = 0;
    for (let k = from; k < to; k++) sum += p[k]! * p[k]!;
    return sum;
  },
  slope: (p, value) => 2 * p * (p - value),
};

const logOf = (p: number): number => (p > 0 ? Math.log(p) : 0);

/** Negative entropy, sum p log p. Williams and Peng 1991; Mnih et al. 2016. */
export const negativeEntropy: Penalty = {
  value: (p, from, to) => {
    let sum = 0;
    for (let k = from; k < to; k++) sum += p[k]! * logOf(p[k]!);
    return sum;
  },
  slope: (p, value) => p * (logOf(p) - value),
};

/** Constants of the actor-critic loss. */
export interface ActorCriticOptions {
  /** Discount of a reward for each step it lies ahead, 0 to 1. */
  readonly gamma: number;
  /** Weight of the squared error of the values. */
  readonly valueCoefficient: number;
  readonly penalty: Penalty;
  readonly penaltyCoefficient: number;
}

/** A batch of whole episodes of experience, step by step; filled while they are lived. */
export class Rollout {
  /** The policy: [steps, batch, actions]. */
  readonly probabilities: Float64Array;
  /** [steps, batch]. */
  readonly values: Float64Array;
  readonly actions: Uint8Array;
  readonly rewards: Float64Array;

  constructor(
    readonly steps: number,
    readonly batch: number,
    readonly choices: number,
  ) {
    this.probabilities = new Float64Array(steps * batch * choices);
    this.values = new Float64Array(steps * batch);
    this.actions = new Uint8Array(steps * batch);
    this.rewards = new Float64Array(steps * batch);
  }

  /** Takes the network's outputs at step t, [batch, actions + 1]: the logits, whose softmax is the policy, and the value. */
  hear(t: number, outputs: ArrayLike<number>): void {
    const { batch, choices, probabilities: p } = this;
    for (let b = 0; b < batch; b++) {
      const row = t * batch + b;
      const from = b * (choices + 1);
      const to = row * choices;
      let largest = outputs[from]!;
      for (let k = 1; k < choices; k++) if (outputs[from + k]! > largest) largest = outputs[from + k]!;
      let total = 0;
      for (let k = 0; k < choices; k++) {
        const below = outputs[from + k]! - largest;
        // exp(0) need not be computed, and one in each row is.
        const weight = below === 0 ? 1 : Math.exp(below);
        p[to + k] = weight;
        total += weight;
      }
      for (let k = 0; k < choices; k++) p[to + k] = p[to + k]! / total;
      this.values[row] = outputs[from + choices]!;
    }
  }

  /**
   * As `hear`; then draws an action for each episode. `uniform(b)` is episode b's next random number in [0, 1).
   * Returns the actions, [batch].
   */
  act(t: number, outputs: ArrayLike<number>, uniform: (episode: number) => number): Uint8Array {
    const { batch, choices, probabilities: p } = this;
    this.hear(t, outputs);
    for (let b = 0; b < batch; b++) {
      const at = (t * batch + b) * choices;
      const u = uniform(b);
      let action = 0;
      for (let sum = p[at]!; u >= sum && action < choices - 1; sum += p[at + action]!) action++;
      this.actions[t * batch + b] = action;
    }
    return this.actions.subarray(t * batch, (t + 1) * batch);
  }
}

/**
 * Loss of a batch of whole episodes, and its gradient in the network's outputs:
 *   loss = 1 / (steps * batch) * sum over t, b of -log p(action) * advantage + cv * advantage^2 + cp * penalty(p),
 * advantage = R(t) - value(t), R(t) = r(t) + gamma R(t+1); the first advantage is a constant to the policy.
 * Miconi et al. 2018 and 2019, maze task; Mnih et al. 2016. Each episode has its own values as baseline.
 *
 * @param gradient in logits and values, [steps, batch, actions + 1]; overwritten
 */
export function actorCriticLoss(
  rollout: Rollout,
  options: ActorCriticOptions,
  gradient: Float64Array,
): number {
  const { steps, batch, choices, probabilities: p, values, actions, rewards } = rollout;
  const { gamma, valueCoefficient, penalty, penaltyCoefficient } = options;
  const scale = 1 / (steps * batch);
  let loss = 0;
  for (let b = 0; b < batch; b++) {
    let goal = 0;
    for (let t = steps - 1; t >= 0; t--) {
      const row = t * batch + b;
      const first = row * choices;
      const into = row * (choices + 1);
      goal = rewards[row]! + gamma * goal;
      const advantage = goal - values[row]!;
      const spread = penalty.value(p, first, first + choices);
      loss -= logOf(p[first + actions[row]!]!) * advantage;
      loss += valueCoefficient * advantage * advantage + penaltyCoefficient * spread;
      for (let k = 0; k < choices; k++) {
        const chosen = k === actions[row] ? 1 : 0;
        const each = p[first + k]!;
        gradient[into + k] =
          scale * ((each - chosen) * advantage + penaltyCoefficient * penalty.slope(each, spread));
      }
      gradient[into + choices] = -2 * scale * valueCoefficient * advantage;
    }
  }
  return loss * scale;
}
