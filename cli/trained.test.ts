import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { patternsSmall, patternsSmallWith } from "../src/experiments/index.js";
import { print } from "../src/formulas/index.js";
import { init } from "../src/index.js";
import { defineRule } from "../src/rules/index.js";
import { describeModel, type Experiment, encodeModel, lookAt, run } from "../src/training/index.js";
import { readTrained, trainedExperiment } from "./trained.js";

const io = { stderr: process.stderr };
const mine = defineRule({
  name: "yours",
  traces: { H: 0 },
  params: { eta: { per: "layer", init: 0.01 } },
  weight: "w + alpha * H",
  update: { H: "clip(H + eta * pre * post, -1, 1)" },
});
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "hebbian-trained-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Trains for an episode, and finds the rule that the file would be tested with. */
async function ruleTested(experiment: Experiment): Promise<string> {
  const device = await init({ device: "reference" });
  const path = join(folder, "mine.safetensors");
  for await (const event of run(experiment, { device, episodes: 1 })) {
    if (event.type !== "checkpoint") continue;
    const { checkpoint } = event;
    writeFileSync(path, encodeModel(checkpoint, describeModel(experiment, checkpoint, null), {}));
  }
  const trained = readTrained(path, io);
  const found = await trainedExperiment(path, trained, undefined, io);
  const look = lookAt(found.experiment, { device, model: trained.model, episodes: 1 });
  await device.dispose();
  return print(look.rules.recurrent!.update.H!);
}

it("a network that was trained by a rule that somebody typed is tested with that rule", async () => {
  expect(await ruleTested(patternsSmallWith(mine) as unknown as Experiment)).toBe(
    "clip(H + eta * pre * post, -1, 1)",
  );
});

it("one that was trained by a rule of ours is tested with that one", async () => {
  expect(await ruleTested(patternsSmall as unknown as Experiment)).toBe("(1 - eta) * H + eta * pre * post");
});
