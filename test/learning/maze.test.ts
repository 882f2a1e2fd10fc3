import { describe, expect, it } from "vitest";
import { init } from "../../src/devices/init.js";
import { mazeSmall } from "../../src/experiments/index.js";
import {
  type Checkpoint,
  type Conduct,
  evaluateExperiment,
  observeAgent,
  run,
} from "../../src/training/index.js";

/** Trains; returns what the agent does in 500 fresh episodes before and after it. */
async function train(network: "modulated" | "rnn", episodes: number) {
  const device = await init();
  try {
    const checkpoints: Checkpoint[] = [];
    // The first batch moves the weights by a thousandth: that agent still walks at random.
    for await (const event of run(mazeSmall, {
      device,
      episodes,
      checkpointEvery: 30,
      options: { network },
    })) {
      if (event.type === "checkpoint") checkpoints.splice(1, 1, event.checkpoint);
    }
    const evaluations = [];
    for (const model of checkpoints) evaluations.push(await evaluateExperiment(mazeSmall, { device, model }));
    const conduct = observeAgent(mazeSmall, { device, model: checkpoints[1]! }) as Conduct;
    return { before: evaluations[0]!, after: evaluations[1]!, conduct };
  } finally {
    await device.dispose();
  }
}

describe("the 9 x 9 maze (Miconi et al. 2019, 4.2), after a minute", () => {
  it("a modulated agent finds the reward, then comes back sooner, by way of its trace", async () => {
    const { before, after, conduct } = await train("modulated", 10_000);
    expect(Number(before.reward)).toBeLessThan(25);
    expect(Number(after.reward)).toBeGreaterThan(4 * Number(before.reward));
    expect(Number(after.return)).toBeLessThan(0.7 * Number(after.firstFind));
    const { intact, zeroed, shuffled, unwritten } = conduct.results;
    expect(zeroed!.secondHalf).toBeLessThan(0.9 * intact.secondHalf);
    expect(shuffled!.secondHalf).toBeLessThan(0.9 * intact.secondHalf);
    expect(unwritten!.secondHalf).toBeLessThan(0.9 * intact.secondHalf);
  });
});
