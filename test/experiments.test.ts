import { describe, expect, it } from "vitest";
import { ReferenceDevice } from "../src/devices/reference/index.js";
import { experiments } from "../src/experiments/index.js";
import { type ImageSet, normalise, random, syntheticCharacters, syntheticText } from "../src/tasks/index.js";
import {
  describeOptions,
  evaluateExperiment,
  type ModelState,
  type RunEvent,
  run,
} from "../src/training/index.js";

const tinyStack = { width: 4, heads: 2, batch: 2 };
/** Options that make each experiment small enough for plain loops. */
const small: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  patterns: { bits: 10, patterns: 1, cycles: 1, stepsOn: 2, stepsOff: 1, testSteps: 2 },
  "patterns-small": { bits: 10, patterns: 1, stepsOn: 2 },
  images: { images: 1, cycles: 1, stepsOn: 2, stepsOff: 1, testSteps: 2 },
  maze: { size: 5, steps: 6, neurons: 6, batch: 2 },
  "maze-9": { size: 5, steps: 6, neurons: 6, batch: 2 },
  "maze-dp": { size: 5, steps: 6, neurons: 6, batch: 2 },
  "cue-reward": { bits: 8, steps: 12, neurons: 6, batch: 2 },
  "associative-retrieval": { pairs: 2, neurons: 6, batch: 2 },
  "associative-retrieval-ba": { pairs: 2, neurons: 6, batch: 2 },
  "copy-delay": { length: 2, delay: 1, neurons: 6, batch: 2 },
  familiarity: { bits: 6, steps: 8, neurons: 6, batch: 2 },
  omniglot: { ways: 2, filters: 3, queries: 2, batch: 2 },
  mqar: { ...tinyStack, pairs: 2, length: 8, vocabulary: 16 },
  parity: { ...tinyStack, length: 5 },
  "modular-arithmetic": { ...tinyStack, numbers: 4 },
  "omniglot-paper": { ways: 2, filters: 3, queries: 1, batch: 1 },
  ptb: { vocabulary: 12, embedding: 4, neurons: 4, batch: 2, steps: 3 },
};
/** The networks that an experiment compares; those of the others have one kind. */
const networksOf = (name: string): readonly (string | undefined)[] =>
  describeOptions(experiments[name]!).find((option) => option.name === "network")?.choices ?? [undefined];

const noise: ImageSet = {
  name: "noise",
  count: 10,
  size: 3,
  pixels: (index) => normalise(random(0, "noise", index).fillNormal(new Float32Array(9), 1))!,
};
const images = {
  pictures: { train: noise, test: noise },
  characters: { train: syntheticCharacters(0, 0, 1), test: syntheticCharacters(0, 1, 2) },
  text: syntheticText(0),
};

it("every experiment is tried", () => {
  expect(Object.keys(small).sort()).toEqual(Object.keys(experiments).sort());
});

describe.each(Object.keys(small))("%s", (name) => {
  it.each(networksOf(name))(
    "with %s: trains two batches, its weights move, and is tested",
    async (network) => {
      const experiment = experiments[name]!;
      const device = new ReferenceDevice();
      const settings = { device, images: experiment.needsImages ? images[experiment.needsImages] : null };
      const options = { ...small[name], ...(network && { network }) };
      const batch = small[name]!.batch ?? 1;
      const events: RunEvent[] = [];
      const checkpoints: ModelState[] = [];
      for await (const event of run(experiment, {
        ...settings,
        options,
        episodes: 2 * batch,
        checkpointEvery: batch,
      })) {
        events.push(event);
        if (event.type === "checkpoint") checkpoints.push(event.checkpoint);
      }
      const lived = events.filter((event) => event.type === "episode");
      expect(lived).toHaveLength(2);
      for (const event of lived) {
        expect(Number.isFinite(event.metrics[experiment.metric.name])).toBe(true);
        expect(event.gradientNorm).toBeGreaterThan(0);
      }
      const [first, last] = checkpoints as [ModelState, ModelState];
      const moved = Object.entries(last.parameters).filter(
        ([parameter, { data }]) => data.join() !== first.parameters[parameter]!.data.join(),
      );
      expect(moved.map(([parameter]) => parameter)).toEqual(
        expect.arrayContaining([expect.stringMatching(/\.(w|weight)$/)]),
      );
      const evaluation = await evaluateExperiment(experiment, { ...settings, model: last, episodes: 3 });
      expect(evaluation).toMatchObject({ experiment: name, episodes: 3 });
      expect(Number.isFinite(evaluation[experiment.metric.name])).toBe(true);
      // Some are only measured in tests.
      for (const { name: other } of experiment.others ?? []) {
        expect({ ...evaluation, ...lived[0]!.metrics }).toHaveProperty([other]);
      }
    },
  );
});
