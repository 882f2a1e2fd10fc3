import { expect, it } from "vitest";
import { random } from "../tasks/index.js";
import { actorCriticLoss, concentration, negativeEntropy, Rollout } from "./actorCritic.js";

const [steps, batch, choices] = [3, 2, 4];
const rows = steps * batch;
const width = choices + 1;
const options = { gamma: 0.8, valueCoefficient: 0.3, penaltyCoefficient: 0.7 };

/** An episode's rollout, and the network's outputs that led to it, [steps * batch, choices + 1]. */
function experience() {
  const dice = random(1, "outputs", 0);
  const outputs = Array.from({ length: rows * width }, () => 2 * dice.normal());
  const rollout = new Rollout(steps, batch, choices);
  for (let t = 0; t < steps; t++) {
    rollout.act(t, outputs.slice(t * batch * width, (t + 1) * batch * width), dice.uniform);
  }
  rollout.rewards.set(Array.from({ length: rows }, () => dice.normal()));
  return { outputs, rollout };
}

/** Policy and value of each row. */
const heads = (outputs: readonly number[]) =>
  Array.from({ length: rows }, (_, row) => {
    const logits = outputs.slice(row * width, row * width + choices);
    const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
    return { p: logits.map((logit) => Math.exp(logit) / total), value: outputs[row * width + choices]! };
  });

it.each([
  ["concentration", concentration, (p: number) => p * p],
  ["negativeEntropy", negativeEntropy, (p: number) => p * Math.log(p)],
] as const)("the loss and its slopes are the equation's, with %s as penalty", (_, penalty, term) => {
  const { outputs, rollout } = experience();
  const { rewards, actions } = rollout;
  const goals = new Float64Array(rows);
  for (let row = rows - 1; row >= 0; row--) {
    goals[row] = rewards[row]! + (row + batch < rows ? options.gamma * goals[row + batch]! : 0);
  }
  // To the policy the advantage is a constant: the one at the outputs themselves.
  const advantages = heads(outputs).map(({ value }, row) => goals[row]! - value);
  const lossAt = (moved: readonly number[]) => {
    const each = heads(moved).map(({ p, value }, row) => {
      const spread = p.reduce((sum, one) => sum + term(one), 0);
      const policy = -Math.log(p[actions[row]!]!) * advantages[row]!;
      return policy + 0.3 * (goals[row]! - value) ** 2 + 0.7 * spread;
    });
    return each.reduce((sum, one) => sum + one, 0) / rows;
  };

  const slope = new Float64Array(rows * width);
  expect(actorCriticLoss(rollout, { ...options, penalty }, slope)).toBeCloseTo(lossAt(outputs), 12);
  const step = 1e-5;
  for (const [k, output] of outputs.entries()) {
    const expected = (lossAt(outputs.with(k, output + step)) - lossAt(outputs.with(k, output - step))) / 2e-5;
    expect(slope[k]).toBeCloseTo(expected, 8);
  }
});

it("acts with the probabilities of its policy", () => {
  const rollout = new Rollout(1, 1, 3);
  const logits = [Math.log(1), Math.log(2), Math.log(5), 7];
  const actionAt = (u: number) => rollout.act(0, logits, () => u)[0];
  expect([0, 0.124, 0.126, 0.374, 0.376, 0.999].map(actionAt)).toEqual([0, 0, 1, 1, 2, 2]);
  expect([...rollout.probabilities].map((p) => Math.round(1000 * p))).toEqual([125, 250, 625]);
  expect(rollout.values[0]).toBe(7);
});
