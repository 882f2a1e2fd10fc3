import { describe, expect, it } from "vitest";
import { DeviceMemoryError } from "../src/devices/device.js";
import { init } from "../src/devices/init.js";
import { patterns } from "../src/experiments/index.js";
import { type Checkpoint, evaluateExperiment, run } from "../src/training/index.js";

const options = { bits: 400, rule: "oja", cycles: 1, testSteps: 6 } as const;

/** Trains for two episodes and tests, within so many bytes. */
async function trained(memoryLimit?: number) {
  const device = await init({ device: "wasm", threads: 1, memoryLimit });
  try {
    const losses: number[] = [];
    let model: Checkpoint | null = null;
    for await (const event of run(patterns, { device, options, episodes: 2 })) {
      if (event.type === "episode") losses.push(event.loss);
      if (event.type === "checkpoint") model = event.checkpoint;
    }
    const { error } = await evaluateExperiment(patterns, { device, model: model!, episodes: 1 });
    return { losses, error, parameters: model!.parameters };
  } finally {
    await device.dispose();
  }
}

/** The least that it can be done with, to the nearest megabyte, as the refusals tell. */
const TIGHT = 40e6;

describe("a memory budget", () => {
  it("changes nothing but the memory that is used: training and testing", async () => {
    expect(await trained(TIGHT)).toEqual(await trained());
  });

  it("that is too small is refused with the need", async () => {
    const device = await init({ device: "wasm", threads: 1, memoryLimit: TIGHT - 6e6 });
    try {
      const begun = run(patterns, { device, options, episodes: 2 }).next();
      await expect(begun).rejects.toThrow(DeviceMemoryError);
      await expect(begun).rejects.toThrow(/training 400 x 400 .* needs \d+ MB .*; use a smaller batch/);
    } finally {
      await device.dispose();
    }
  });
});
