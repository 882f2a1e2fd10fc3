import { lax, numpy as np, valueAndGrad } from "@jax-js/jax";
import { afterAll, describe, expect, test } from "vitest";
import { ReferenceDevice } from "../src/devices/reference/index.js";
import { omniglot } from "../src/experiments/index.js";
import { OneShot } from "../src/experiments/oneShot.js";
import { loadModel } from "../src/lifetime/index.js";
import { oja } from "../src/rules/index.js";
import { convolution, Tape, tanh } from "../src/tape/index.js";
import { oneShotEpisode, random, syntheticCharacters } from "../src/tasks/index.js";
import { evaluateExperiment, type ModelState, run, saveModel } from "../src/training/index.js";
import { leaf, randomLoss, runGraph, uniformNumbers } from "./graph.js";
import { startEngine } from "./support/engine.js";

const images = { train: syntheticCharacters(0, 0, 4), test: syntheticCharacters(0, 4, 6) };
const device = await startEngine(2);
afterAll(() => device.dispose());

/** Trains for some episodes; the parameters at the end, and each batch's metrics. */
async function trained(options: Record<string, unknown>, episodes: number, seed = 0) {
  let model: ModelState | null = null;
  const losses: number[] = [];
  for await (const event of run(omniglot, { device, images, options, episodes, seed })) {
    if (event.type === "checkpoint") model = event.checkpoint;
    if (event.type === "episode") losses.push(event.loss);
  }
  return { model: model!, losses };
}

describe("the omniglot experiment", () => {
  test("has the paper's 112,065 parameters", async () => {
    const { model } = await trained({ batch: 1, queries: 1 }, 0);
    const numbers = Object.values(model.parameters).map(({ shape }) => shape[0] * shape[1]);
    expect(numbers.reduce((a, b) => a + b)).toBe(112_065);
  });

  test.each(["none", "layer"] as const)(
    "computes the same on the reference device, gradients and all; normalisation: %s",
    async (normalise) => {
      const options = { filters: 3, batch: 2, queries: 3, shots: 2, eta: 0.1, normalise };
      const lossesOn = async (on: typeof device | ReferenceDevice) => {
        const losses: number[] = [];
        for await (const event of run(omniglot, { device: on, images, options, episodes: 12, seed: 1 })) {
          if (event.type === "episode") losses.push(event.loss, event.gradientNorm);
        }
        return losses;
      };
      const expected = await lossesOn(new ReferenceDevice());
      const got = await lossesOn(device);
      expect(got).toHaveLength(12);
      got.forEach((number, i) => {
        expect(number).toBeCloseTo(expected[i]!, 4);
      });
    },
  );
});

test("a network whose convolutions are normalised lives as it was trained: a picture at a time", async () => {
  const SIZE = 31;
  const episode = oneShotEpisode(images.train, { ways: 3, shots: 1, queries: 1 }, random(5, "episode", 0));
  const lived = async (normalise: "none" | "layer") => {
    const settings = {
      ways: 3,
      shots: 1,
      queries: 1,
      filters: 4,
      batch: 1,
      size: SIZE,
      alpha: 0.3,
      eta: 0.5,
    };
    const learner = new OneShot(device, { ...settings, normalise, rule: oja }, random(5, "weights", 0));
    learner.prepare([episode]);
    const trained = learner.live(new Tape(device, 1, false));
    const expected = [...device.read(trained.outputs.at(-1)!.value)];
    const life = (await loadModel(saveModel(learner))).begin();
    for (const { pixels, label } of episode.support) {
      life.step({ picture: pixels, label: Float32Array.from({ length: 3 }, (_, k) => Number(k === label)) });
    }
    const answer = life.step({ picture: episode.queries[0]!.pixels });
    answer.forEach((number, k) => {
      expect(number).toBeCloseTo(expected[k]!, 4);
    });
    learner.release();
    return expected;
  };
  expect(await lived("layer")).not.toEqual(await lived("none"));
});

test("the published protocol tests characters that were mostly trained on, the disjoint one only others", async () => {
  const images = { train: syntheticCharacters(0, 0, 6), test: syntheticCharacters(0, 6, 8) };
  let model: ModelState | null = null;
  for await (const event of run(omniglot, {
    device,
    images,
    options: { filters: 3 },
    episodes: 0,
    seed: 0,
  })) {
    if (event.type === "checkpoint") model = event.checkpoint;
  }
  const settings = { device, images, model: model!, episodes: 200 };
  const tested = async (protocol: string) =>
    Object.keys(await evaluateExperiment(omniglot, { ...settings, options: { protocol } })).filter((name) =>
      name.startsWith("accuracy."),
    );
  expect(await tested("disjoint")).toEqual(["accuracy.synthetic 7", "accuracy.synthetic 8"]);
  expect(await tested("published")).toEqual(["accuracy.new", "accuracy.trained on"]);
});

test("a convolution and its gradient are those of jax-js", () => {
  const shape = { height: 7, width: 6, channels: 3, kernelHeight: 3, kernelWidth: 2, stride: 2, filters: 5 };
  const [batch, outHeight, outWidth] = [4, 3, 3];
  const leaves = {
    x: leaf(1, "x", "input", batch * 7, 6 * 3),
    weight: leaf(1, "weight", "parameter", 3 * 2 * 3, 5),
    bias: leaf(1, "bias", "parameter", 1, 5),
  };
  const ours = runGraph(device, {
    batch: 1,
    leaves,
    build(tape, { x, weight, bias }) {
      const y = tanh(tape, convolution(tape, shape, { x: x!, weight: weight!, bias: bias! }));
      return { loss: randomLoss(tape, 1, { y }), outputs: { y } };
    },
  });

  const weights = uniformNumbers(1, "loss y", batch * outHeight * outWidth * 5);
  const array = (data: Float64Array, ...dims: number[]) => np.array(Float32Array.from(data)).reshape(dims);
  const loss = ({ x, weight, bias }: { x: np.Array; weight: np.Array; bias: np.Array }): np.Array => {
    // jax-js has channels before height and width, and filters before channels.
    const z = lax.conv(x.transpose([0, 3, 1, 2]), weight.transpose([3, 2, 0, 1]), [2, 2], "VALID");
    const y = np.tanh(z.transpose([0, 2, 3, 1]).add(bias));
    return np.sum(y.mul(array(weights, batch, outHeight, outWidth, 5)));
  };
  const [value, gradient] = valueAndGrad(loss)({
    x: array(leaves.x.data, batch, 7, 6, 3),
    weight: array(leaves.weight.data, 3, 2, 3, 5),
    bias: array(leaves.bias.data, 5),
  });
  const close = (got: ArrayLike<number>, expected: ArrayLike<number>) => {
    expect(got).toHaveLength(expected.length);
    Array.from(expected, (number, i) => expect(got[i]).toBeCloseTo(number, 4));
  };
  close(ours.outputs.loss!, [value.js() as number]);
  for (const name of ["x", "weight", "bias"] as const) {
    close(ours.grads[name]!, gradient[name].dataSync() as Float32Array);
  }
});
