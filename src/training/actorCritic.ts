/** What keeps a policy from settling on one action too early: a term of the loss at every step. */
export interface Penalty {
  /** Of the probabilities of the actions. */
  readonly value: (p: Float64Array) => number;
  /** Its slope in logit k, where `value` is what `value(p)` gave. */
  readonly slope: (p: Float64Array, k: number, value: number) => number;
}

/** Sum of squared probabilities: what both papers' programs use. */
export const concentration: Penalty = {
  value: (p) => {
    let sum = 0;
    for (let k = 0; k < p.length; k++) sum += p[k]! * p[k]!;
    return sum;
  },
  slope: (p, k, value) => 2 * p[k]! * (p[k]! - value),
};

const logOf = (p: number): number => (p > 0 ? Math.log(p) : 0);

/** Negative entropy, sum p log p. Williams and Peng 1991; Mnih et al. 2016. */
export const negativeEntropy: Penalty = {
  value: (p) => p.reduce((sum, each) => sum + each * logOf(each), 0),
  slope: (p, k, value) => p[k]! * (logOf(p[k]!) - value),
};

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
  /** [steps, batch, actions + 1]: the policy's logits, then the value. */
  readonly outputs: Float64Array;
  /** [steps, batch]. */
  readonly actions: Uint8Array;
  readonly rewards: Float64Array;
  private readonly probabilities: Float64Array;

  constructor(
    readonly steps: number,
    readonly batch: number,
    readonly choices: number,
  ) {
    this.outputs = new Float64Array(steps * batch * (choices + 1));
    this.actions = new Uint8Array(steps * batch);
    this.rewards = new Float64Array(steps * batch);
    this.probabilities = new Float64Array(choices);
  }

  /**
   * Takes the network's outputs [batch, actions + 1] at step t, and draws an action for each episode, by softmax of
   * its logits. `uniform(b)` is episode b's next random number in [0, 1). Returns the actions, [batch].
   */
  act(t: number, outputs: ArrayLike<number>, uniform: (episode: number) => number): Uint8Array {
    const { batch, choices } = this;
    this.outputs.set(outputs, t * batch * (choices + 1));
    for (let b = 0; b < batch; b++) {
      const p = this.policy(t * batch + b);
      const u = uniform(b);
      let action = 0;
      for (let sum = p[0]!; u >= sum && action < choices - 1; sum += p[action]!) action++;
      this.actions[t * batch + b] = action;
    }
    return this.actions.subarray(t * batch, (t + 1) * batch);
  }

  /** Probabilities of the actions at row t * batch + b; overwritten by the next call. */
  policy(row: number): Float64Array {
    const { choices, outputs, probabilities: p } = this;
    const at = row * (choices + 1);
    let largest = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < choices; k++) if (outputs[at + k]! > largest) largest = outputs[at + k]!;
    let total = 0;
    for (let k = 0; k < choices; k++) {
      const weight = Math.exp(outputs[at + k]! - largest);
      p[k] = weight;
      total += weight;
    }
    for (let k = 0; k < choices; k++) p[k] = p[k]! / total;
    return p;
  }
}

/**
 * Loss of a batch of whole episodes, and its gradient in the network's outputs:
 *   loss = 1 / (steps * batch) * sum over t, b of -log p(action) * advantage + cv * advantage^2 + cp * penalty(p),
 * advantage = R(t) - value(t), R(t) = r(t) + gamma R(t+1); the first advantage is a constant to the policy.
 * Miconi et al. 2018 and 2019, maze task; Mnih et al. 2016. Each episode has its own values as baseline.
 *
 * @param gradient as `rollout.outputs`, overwritten
 */
export function actorCriticLoss(
  rollout: Rollout,
  options: ActorCriticOptions,
  gradient: Float64Array,
): number {
  const { steps, batch, choices, outputs, actions, rewards } = rollout;
  const { gamma, valueCoefficient, penalty, penaltyCoefficient } = options;
  const scale = 1 / (steps * batch);
  let loss = 0;
  for (let b = 0; b < batch; b++) {
    let goal = 0;
    for (let t = steps - 1; t >= 0; t--) {
      const row = t * batch + b;
      const at = row * (choices + 1);
      goal = rewards[row]! + gamma * goal;
      const advantage = goal - outputs[at + choices]!;
      const p = rollout.policy(row);
      const spread = penalty.value(p);
      loss -= logOf(p[actions[row]!]!) * advantage;
      loss += valueCoefficient * advantage * advantage + penaltyCoefficient * spread;
      for (let k = 0; k < choices; k++) {
        const chosen = k === actions[row] ? 1 : 0;
        gradient[at + k] =
          scale * ((p[k]! - chosen) * advantage + penaltyCoefficient * penalty.slope(p, k, spread));
      }
      gradient[at + choices] = -2 * scale * valueCoefficient * advantage;
    }
  }
  return loss * scale;
}
