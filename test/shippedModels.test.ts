import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { experiments } from "../src/experiments/index.js";
import { loadModel } from "../src/lifetime/index.js";
import { architectureText, readModelFile } from "../src/models/index.js";
import { Tape, type Tensor } from "../src/tape/index.js";
import {
  imagesEpisode,
  naturalImages,
  proceduralImages,
  random,
  syntheticCharacters,
  syntheticText,
} from "../src/tasks/index.js";
import { decodeModel, describeModel, resolveOptions } from "../src/training/index.js";
import { buildModel } from "../src/training/options.js";
import { writeParameters } from "../src/training/state.js";
import { startEngine } from "./support/engine.js";

const folder = join(import.meta.dirname, "../models");
const pictures = proceduralImages(1);
const invented = {
  pictures: { train: pictures, test: pictures },
  characters: { train: syntheticCharacters(0, 0, 4), test: syntheticCharacters(0, 4, 8) },
  text: syntheticText(0),
};
const device = await startEngine(1);
afterAll(() => device.dispose());

describe.each(readdirSync(folder).filter((file) => file.endsWith(".safetensors")))("models/%s", (file) => {
  const bytes = readFileSync(join(folder, file));
  const state = decodeModel(bytes, file);
  const experiment = experiments[state.experiment]!;
  const needed = experiment.needsImages ? invented[experiment.needsImages] : null;

  it("says of its network what the experiment says", () => {
    const { architecture } = readModelFile(bytes, file);
    const said = architectureText(describeModel(experiment, state, needed));
    expect(JSON.parse(architectureText(architecture))).toEqual(JSON.parse(said));
  });

  it("answers as the training engine does, throughout an episode", async () => {
    const options = resolveOptions(experiment, state.options);
    const trained = buildModel(experiment, { options, device, seed: 0, images: needed });
    writeParameters(device, trained.parameters, state.parameters);
    const { network } = trained;
    const tape = new Tape(device, 1, false);
    const life = (await loadModel(bytes)).begin();
    let living = network.begin(tape);
    const rng = random(4, "numbers", 0);
    const episode = imagesEpisode(pictures, naturalImages, random(4, "test", 0));
    let [largest, size] = [0, 1];
    for (let t = 0; t < 201; t++) {
      const { given, step } = network.steps[t % network.steps.length]!;
      const shown = given.map((name) => {
        const { size: numbers, tail, rows = 1 } = network.inputs.find((input) => input.name === name)!;
        const isPicture = state.experiment === "images";
        const from = t * episode.neurons;
        const values = isPicture
          ? episode.inputs.subarray(from, from + numbers)
          : Float32Array.from({ length: numbers }, () => rng.normal() / 2);
        return { name, values, rows, all: [...values, ...tail] };
      });
      const tensors = shown.map(({ all, rows }): Tensor => tape.constant(rows, all.length / rows, all));
      const expected = step(tape, living, tensors);
      living = expected.state;
      const answer = life.step(Object.fromEntries(shown.map(({ name, values }) => [name, values])));
      const theirs = device.read(expected.output.value);
      for (const [k, value] of answer.entries()) {
        largest = Math.max(largest, Math.abs(value - theirs[k]!));
        size = Math.max(size, Math.abs(value));
      }
    }
    trained.release();
    // An agent's logits go far beyond 1, and so does what they are rounded by.
    expect(largest / size).toBeLessThan(1e-5);
  });
});
