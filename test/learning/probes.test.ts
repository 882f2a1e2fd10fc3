import { describe, expect, it } from "vitest";
import { init } from "../../src/devices/init.js";
import { associativeRetrieval } from "../../src/experiments/index.js";
import { type Checkpoint, evaluateExperiment, run } from "../../src/training/index.js";

/** The share of wrong answers in fresh episodes. */
async function errorAfter(episodes: number, options: Readonly<Record<string, unknown>>): Promise<number> {
  const device = await init({ threads: 1 });
  try {
    let model: Checkpoint | null = null;
    for await (const event of run(associativeRetrieval, { device, episodes, options })) {
      if (event.type === "checkpoint") model = event.checkpoint;
    }
    return Number((await evaluateExperiment(associativeRetrieval, { device, model: model! })).error);
  } finally {
    await device.dispose();
  }
}

describe("associative retrieval (Ba et al. 2016, 4.1)", () => {
  it("is learned by a plastic network", async () => {
    expect(await errorAfter(60_000, { network: "plastic" })).toBeLessThan(0.02);
  });

  it("is not learned by a plain one of as many parameters", async () => {
    expect(await errorAfter(20_000, { network: "rnn" })).toBeGreaterThan(0.4);
  });

  it("is learned, and asked without a pause, by an LSTM that binds a step to the one before", async () => {
    const options = { network: "hebbian-lstm", rule: "clippedHebb", plasticFrom: "both", pre: "previous" };
    const quickly = { equal: "neurons", batch: 64, lr: 5e-3 };
    expect(await errorAfter(20_000, { ...options, ...quickly, pause: 0 })).toBeLessThan(0.01);
  });
});
