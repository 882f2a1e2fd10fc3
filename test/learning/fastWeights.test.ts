import { expect, it } from "vitest";
import { init } from "../../src/devices/init.js";
import { experiments } from "../../src/experiments/index.js";
import { evaluateExperiment, type ModelState, run } from "../../src/training/index.js";

/** The share of right answers in fresh episodes. */
async function accuracyAfter(
  name: "mqar" | "parity",
  options: Readonly<Record<string, string | number>>,
  episodes = 16_000,
): Promise<number> {
  const device = await init({ threads: 1 });
  const experiment = experiments[name]!;
  try {
    let model: ModelState | null = null;
    for await (const event of run(experiment, { device, images: null, options, episodes })) {
      if (event.type === "checkpoint") model = event.checkpoint;
    }
    return Number((await evaluateExperiment(experiment, { device, images: null, model: model! })).accuracy);
  } finally {
    await device.dispose();
  }
}

it("the delta rule recalls four pairs in 64 tokens (docs/fast-weights.md)", async () => {
  const sizes = { pairs: 4, length: 64, vocabulary: 256, layers: 1, keySize: 64, valueSize: 64 };
  expect(await accuracyAfter("mqar", { ...sizes, rule: "deltaRule", lr: 0.01 })).toBeGreaterThan(0.98);
});

it("a delta rule tracks parity where its transition may have a negative eigenvalue, and else does not", async () => {
  const parity = { rule: "deltaRule", length: 40, lr: 0.01 };
  expect(await accuracyAfter("parity", { ...parity, betaMax: 2 })).toBeGreaterThan(0.99);
  expect(await accuracyAfter("parity", { ...parity, betaMax: 1 }, 4000)).toBeLessThan(0.7);
});
