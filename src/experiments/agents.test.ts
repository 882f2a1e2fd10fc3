import { describe, expect, it } from "vitest";
import { ReferenceDevice } from "../devices/reference/index.js";
import { clippedHebb, ruleData } from "../rules/index.js";
import { describeOptions, resolveOptions } from "../training/index.js";
import { cueReward, experiments, maze, mazeFirst, mazeSmall } from "./index.js";

const device = new ReferenceDevice();
const small = { neurons: 4, batch: 2, steps: 8 };

/** The first rates of the traces of a network that an experiment builds. */
function rates(experiment: typeof maze, options: Record<string, unknown>): number[] {
  const model = experiment.build({
    options: resolveOptions(experiment, { ...small, ...options }),
    device,
    seed: 0,
    images: null,
  });
  const found = model.parameters.filter(({ name }) => name.endsWith(".eta"));
  const values = found.map(({ value }) => device.read(value)[0]!);
  model.release();
  return values;
}

describe("the first rate of the traces", () => {
  it("is the published one of each experiment, of eligibility too", () => {
    for (const network of ["plastic", "homogeneous", "retroactive"]) {
      expect(rates(cueReward, { network })).toEqual([Math.fround(0.1)]);
      expect(rates(maze, { network })).toEqual([Math.fround(0.01)]);
    }
    expect(rates(maze, { eta: 0.3 })).toEqual([Math.fround(0.3)]);
  });

  it("is that of the rule, where that is somebody's own", () => {
    const own = { ...ruleData(clippedHebb), params: { eta: { per: "layer", init: 0.7 } } };
    expect(rates(maze, { rule: own })).toEqual([Math.fround(0.7)]);
  });
});

describe("the published settings", () => {
  const defaults = (experiment: typeof maze) => resolveOptions(experiment) as Record<string, unknown>;

  it("of the maze are those of the text: 9 x 9 cells and the walls around them, Adam's epsilon 1e-4", () => {
    expect(defaults(maze)).toMatchObject({
      size: 11,
      steps: 200,
      eps: 1e-4,
      lr: 1e-4,
      batch: 30,
      goalMoves: 0,
    });
    expect(defaults(mazeFirst)).toMatchObject({ size: 11, steps: 250, eps: 1e-4, rule: "oja" });
  });

  it("of cue-reward have epsilon 1e-6", () => {
    expect(defaults(cueReward)).toMatchObject({ eps: 1e-6, lr: 1e-4, steps: 200, neurons: 200 });
  });

  it("are not what the smaller maze of our own has, and it says so", () => {
    expect(defaults(mazeSmall)).toMatchObject({ size: 9, lr: 1e-3, eps: 1e-8 });
    expect(mazeSmall.title).toContain("smaller");
    expect(mazeSmall.departures.join()).toContain("smaller maze than any published one");
  });
});

it("every experiment with a recurrent network can have an LSTM, and a plastic one", () => {
  const options = (experiment: (typeof experiments)[keyof typeof experiments]) =>
    describeOptions(experiment).find(({ name }) => name === "network");
  // Those of tokens have memories of fast weights, that of drawings a readout; all networks that read a text are LSTMs.
  const recurrent = Object.values(experiments).filter(
    (each) => !["characters", "text"].includes(String(each.needsImages)) && options(each),
  );
  expect(recurrent.length).toBeGreaterThan(8);
  for (const experiment of recurrent) {
    const { choices } = options(experiment) as { choices?: readonly string[] };
    expect([experiment.name, choices]).toEqual([
      experiment.name,
      expect.arrayContaining(["lstm", "plastic-lstm"]),
    ]);
  }
});
