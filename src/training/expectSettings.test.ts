import { expect, it } from "vitest";
import { ReferenceDevice } from "../devices/reference/index.js";
import { patterns } from "../experiments/patterns.js";
import { PlasticRnn } from "../layers/index.js";
import { oja } from "../rules/index.js";
import { random } from "../tasks/index.js";
import { evaluateExperiment } from "./evaluate.js";
import { run } from "./run.js";
import { saveModel } from "./saveModel.js";

const device = new ReferenceDevice();

it.each([
  [{}, TypeError, "run: device is missing; const device = await init() makes one"],
  [undefined, TypeError, "run: expected an object of settings, got undefined"],
  [{ device, episode: 3 }, TypeError, /^run: there is no setting "episode"; did you mean "episodes"\?$/],
  [{ device, episodes: -1 }, RangeError, "run: episodes must be a whole number of at least 0, got -1"],
  [{ device, episodes: "3" }, RangeError, 'run: episodes must be a whole number of at least 0, got "3"'],
  [
    { device, checkpointEvery: 0 },
    RangeError,
    "run: checkpointEvery must be a whole number of at least 1, got 0",
  ],
])("run refuses %#", async (settings, kind, message) => {
  const first = () => run(patterns, settings as never).next();
  await expect(first()).rejects.toThrow(kind);
  await expect(first()).rejects.toThrow(message);
});

it("run takes what is spread into its settings and is none of them", async () => {
  const settings = { experiment: "patterns", threads: 1, device, episodes: 0, options: { bits: 4 } };
  const { value } = await run(patterns, settings).next();
  expect(value).toMatchObject({ type: "start", episodes: 0 });
});

it("evaluateExperiment refuses a test of nothing", async () => {
  const call = (settings: object) => evaluateExperiment(patterns, settings as never);
  await expect(call({ device })).rejects.toThrow("evaluateExperiment: model is missing");
  await expect(call({ device, model: {}, epsiodes: 3 })).rejects.toThrow('did you mean "episodes"?');
  await expect(call({ device, model: {}, episodes: 0 })).rejects.toThrow(
    "evaluateExperiment: episodes must be a whole number of at least 1, got 0",
  );
});

it("saveModel refuses what it could only pass over", () => {
  const cell = new PlasticRnn(device, { neurons: 2, rule: oja }, random(0, "weights", 0));
  expect(() => saveModel(cell, { precision: "int4" as never })).toThrow(
    'saveModel: precision must be one of float32, float16, int8, got "int4"',
  );
  expect(() => saveModel(cell, { readuot: null } as never)).toThrow('did you mean "readout"?');
});
