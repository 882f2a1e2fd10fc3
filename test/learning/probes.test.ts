import { describe, expect, it } from "vitest";
import { init } from "../../src/devices/init.js";
import { associativeRetrieval } from "../../src/experiments/index.js";
import { type Checkpoint, evaluateExperiment, run } from "../../src/training/index.js";

/** The share of wrong answers in fresh episodes. */
async function errorAfter(network: "plastic" | "rnn", episodes: number): Promise<number> {
  const device = await init({ threads: 1 });
  try {
    let model: Checkpoint | null = null;
    for await (const event of run(associativeRetrieval, { device, episodes, options: { network } })) {
      if (event.type === "checkpoint") model = event.checkpoint;
    }
    return Number((await evaluateExperiment(associativeRetrieval, { device, model: model! })).error);
  } finally {
    await device.dispose();
  }
}

describe("associative retrieval (Ba et al. 2016, 4.1)", () => {
  it("is learned by a plastic network", async () => {
    expect(await errorAfter("plastic", 60_000)).toBeLessThan(0.02);
  });

  it("is not learned by a plain one of as many parameters", async () => {
    expect(await errorAfter("rnn", 60_000)).toBeGreaterThan(0.4);
  });
});
