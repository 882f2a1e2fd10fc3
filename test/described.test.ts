import { describe, expect, it } from "vitest";
import { experiments } from "../src/experiments/index.js";
import { architectureText, readArchitecture } from "../src/models/index.js";
import type { Rule } from "../src/rules/rule.js";
import { describeModel, describeOptions, Recorder } from "../src/training/index.js";
import { buildModel, resolveOptions } from "../src/training/options.js";

/** What makes networks small, where an experiment has it. */
const small: Readonly<Record<string, number>> = { neurons: 8, bits: 8, width: 8, vocabulary: 16 };

// The image networks have a million connections, whatever is asked for; shippedModels.test.ts has them.
const others = Object.values(experiments).filter(({ needsImages }) => !needsImages);

describe.each(others)("$name", (experiment) => {
  const known = describeOptions(experiment);
  const options = Object.fromEntries(
    known.filter(({ name }) => name in small).map(({ name }) => [name, small[name]]),
  );
  // Those of one kind of network take rules instead.
  const varied = known.some(({ name }) => name === "network") ? "network" : "rule";
  const variants = known.find(({ name }) => name === varied)!.choices!;

  it.each(variants)("a %s network can be told in a model file", (variant) => {
    const state = { options: { ...options, [varied]: variant }, seed: 0 };
    const { device } = new Recorder();
    const built = buildModel(experiment, {
      options: resolveOptions(experiment, state.options),
      device,
      seed: 0,
      images: null,
    });
    const shapes = new Map(built.parameters.map(({ name, shape: [rows, cols] }) => [name, { rows, cols }]));
    const text = architectureText(describeModel(experiment, state, null));
    const read = readArchitecture(text, shapes);
    expect(JSON.parse(architectureText(read))).toEqual(JSON.parse(text));
    // The labels under which a model file has its rules are its connections' own names.
    const equations = ({ name, definition: { weight, update } }: Rule) => ({ name, weight, update });
    const described = read.connections.map(({ name, rule }) => [name, equations(rule)]);
    const labelled = Object.entries(built.rules).map(([name, rule]) => [name, equations(rule)]);
    expect(labelled).toEqual(described);
    // Every parameter is of some use.
    for (const name of shapes.keys()) expect(text).toContain(`"${name}"`);
  });
});
