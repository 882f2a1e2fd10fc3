import { describe, expect, it } from "vitest";
import { init } from "../../src/devices/init.js";
import { patterns } from "../../src/experiments/index.js";
import { type Checkpoint, evaluateExperiment, run } from "../../src/training/index.js";
import { runs } from "../support/runs.js";

/** Trains; returns the error of every episode and the network at the end. */
async function train(seed: number, network: "plastic" | "rnn", episodes: number) {
  const device = await init();
  try {
    const errors: number[] = [];
    let model: Checkpoint | null = null;
    for await (const event of run(patterns, { device, seed, episodes, options: { network } })) {
      if (event.type === "episode") errors.push(event.metrics.error!);
      if (event.type === "checkpoint") model = event.checkpoint;
    }
    const { error } = await evaluateExperiment(patterns, { device, model: model! });
    return { errors, fresh: Number(error) };
  } finally {
    await device.dispose();
  }
}
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe("patterns of 1000 bits (Miconi et al. 2018, 4.1)", () => {
  // All five where HEBBIAN_THOROUGH is set: a minute of two cores each.
  it.each([0, 1, 2, 3, 4].slice(0, runs(5)))(
    "plastic, seed %i: under 0.01 wrong within 250 episodes, then under 0.005",
    async (seed) => {
      const { errors, fresh } = await train(seed, "plastic", 400);
      expect(mean(errors.slice(0, 10))).toBeGreaterThan(0.2);
      expect(mean(errors.slice(230, 250))).toBeLessThan(0.01);
      expect(mean(errors.slice(350))).toBeLessThan(0.005);
      expect(fresh).toBeLessThan(0.005);
    },
  );

  it("a plain recurrent network stays above 15 % wrong", async () => {
    const { errors, fresh } = await train(0, "rnn", 400);
    expect(mean(errors.slice(350))).toBeGreaterThan(0.15);
    expect(fresh).toBeGreaterThan(0.15);
  });
});
