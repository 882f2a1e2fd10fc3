import { afterAll, expect, test } from "vitest";
import { omniglot } from "../../src/experiments/index.js";
import { syntheticCharacters } from "../../src/tasks/index.js";
import { evaluateExperiment, type ModelState, run } from "../../src/training/index.js";
import { startEngine } from "../support/engine.js";

const images = { train: syntheticCharacters(0, 0, 4), test: syntheticCharacters(0, 4, 6) };
const device = await startEngine(2);
afterAll(() => device.dispose());

async function trained(options: Record<string, unknown>, episodes: number): Promise<ModelState> {
  let model: ModelState | null = null;
  for await (const event of run(omniglot, { device, images, options, episodes, seed: 0 })) {
    if (event.type === "checkpoint") model = event.checkpoint;
  }
  return model!;
}

test("the omniglot experiment learns; without plasticity it stays at chance; and what it learned holds for other ways and shots", async () => {
  const options = { filters: 16 };
  const model = await trained(options, 1600);
  const settings = { device, images, episodes: 600 };
  const evaluation = await evaluateExperiment(omniglot, { ...settings, model });
  expect(evaluation.accuracy).toBeGreaterThan(0.6);
  expect(evaluation.low).toBeLessThan(evaluation.accuracy as number);
  expect(evaluation.high).toBeGreaterThan(evaluation.accuracy as number);
  expect(evaluation.pixelNeighbour).toBeGreaterThan(0.25);
  const alphabets = Object.keys(evaluation).filter((name) => name.startsWith("accuracy."));
  expect(alphabets).toEqual(["accuracy.synthetic 5", "accuracy.synthetic 6"]);

  const two = await evaluateExperiment(omniglot, { ...settings, model, options: { ways: 2 } });
  expect(two.accuracy).toBeGreaterThan(evaluation.accuracy as number);
  const twenty = await evaluateExperiment(omniglot, { ...settings, model, options: { ways: 20 } });
  expect(twenty.accuracy).toBeLessThan(evaluation.accuracy as number);
  expect(twenty.accuracy).toBeGreaterThan(0.15);
  const more = await evaluateExperiment(omniglot, { ...settings, model, options: { shots: 5 } });
  expect(more.accuracy).toBeGreaterThan(evaluation.accuracy as number);

  const averaged = { shots: 5, rule: "boundedOja" };
  const bounded = await evaluateExperiment(omniglot, { ...settings, model, options: averaged });
  expect(bounded.accuracy).toBeGreaterThan(evaluation.accuracy as number);

  const plain = await trained({ ...options, network: "nonplastic" }, 160);
  const chance = await evaluateExperiment(omniglot, { ...settings, model: plain });
  expect(chance.accuracy).toBeGreaterThan(0.12);
  expect(chance.accuracy).toBeLessThan(0.28);
});
