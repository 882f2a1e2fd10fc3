import { describe, expect, it } from "vitest";
import { experiments } from "../src/experiments/index.js";
import { architectureText, readArchitecture } from "../src/models/index.js";
import { proceduralImages } from "../src/tasks/index.js";
import { describeModel, describeOptions, Recorder } from "../src/training/index.js";
import { buildModel, resolveOptions } from "../src/training/options.js";

const pictures = proceduralImages(0);
const images = { train: pictures, test: pictures };
/** What makes networks small, where an experiment has it. */
const small: Readonly<Record<string, number>> = { neurons: 8, bits: 8 };

describe.each(Object.values(experiments))("$name", (experiment) => {
  const known = describeOptions(experiment);
  const options = Object.fromEntries(
    known.filter(({ name }) => name in small).map(({ name }) => [name, small[name]]),
  );
  const networks = known.find(({ name }) => name === "network")!.choices!;

  // The image networks have a million connections each, whatever is asked for.
  it.each(experiment.needsImages ? networks.slice(0, 1) : networks)(
    "a %s network can be told in a model file",
    (network) => {
      const state = { options: { ...options, network }, seed: 0 };
      const needed = experiment.needsImages ? images : null;
      const { device } = new Recorder();
      const built = buildModel(experiment, {
        options: resolveOptions(experiment, state.options),
        device,
        seed: 0,
        images: needed,
      });
      const shapes = new Map(built.parameters.map(({ name, shape: [rows, cols] }) => [name, { rows, cols }]));
      const text = architectureText(describeModel(experiment, state, needed));
      const read = readArchitecture(text, shapes);
      expect(JSON.parse(architectureText(read))).toEqual(JSON.parse(text));
      // Every parameter is of some use.
      for (const name of shapes.keys()) expect(text).toContain(`"${name}"`);
    },
  );
});
