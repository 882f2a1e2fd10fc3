import type { Device } from "../../src/devices/device.js";
import { hostLoss, Tape } from "../../src/tape/index.js";
import { actorCriticLoss, concentration, Rollout } from "../../src/training/index.js";
import type { Family, Results } from "./family.js";
import { type Golden, tensorOf } from "./golden.js";

/** The advantage actor-critic loss of recorded rollouts, with its gradient in logits and values. */
export const actorCritic: Family = {
  supports: (golden) => golden.case === "a2c-loss",

  run(device: Device, golden: Golden): Results {
    const logits = tensorOf(golden.inputs, "logits");
    const [steps, batch, choices] = logits.shape as [number, number, number];
    const values = tensorOf(golden.inputs, "values").data;
    const { gamma, valueCoef, concentrationCoef } = golden.hyper!;
    const rows = steps * batch;

    const tape = new Tape(device, batch);
    const joined = Array.from({ length: rows }, (_, row) => [
      ...logits.data.slice(row * choices, (row + 1) * choices),
      values[row]!,
    ]).flat();
    const outputs = tape.variable(rows, choices + 1, joined);
    const rollout = new Rollout(steps, batch, choices);
    const heard = device.read(outputs.value);
    const width = batch * (choices + 1);
    for (let t = 0; t < steps; t++) rollout.hear(t, heard.subarray(t * width, (t + 1) * width));
    rollout.actions.set(tensorOf(golden.inputs, "actions").data);
    rollout.rewards.set(tensorOf(golden.inputs, "rewards").data);

    const slope = new Float64Array(rows * (choices + 1));
    const loss = actorCriticLoss(
      rollout,
      {
        gamma: gamma!,
        valueCoefficient: valueCoef!,
        penalty: concentration,
        penaltyCoefficient: concentrationCoef!,
      },
      slope,
    );
    const value = device.allocate(1, 1);
    const gradient = device.allocate(rows, choices + 1);
    device.write(value, [loss]);
    device.write(gradient, slope);
    tape.backward(hostLoss(tape, value, [{ tensor: outputs, gradient }]));
    const grad = device.read(outputs.grad!);
    device.release(value);
    device.release(gradient);
    const column = (of: (k: number) => boolean) => [...grad].filter((_, at) => of(at % (choices + 1)));
    return {
      loss,
      outputs: {},
      grads: { logits: column((k) => k < choices), values: column((k) => k === choices) },
    };
  },
};
