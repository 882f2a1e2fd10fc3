import { afterAll, describe, expect, it } from "vitest";
import { startEngine } from "../../test/support/engine.js";
import { ReferenceDevice } from "../devices/reference/index.js";
import { patterns } from "../experiments/index.js";
import { Parameter } from "../tape/index.js";
import { type Checkpoint, run } from "./index.js";
import { Sgd, type SgdOptions } from "./sgd.js";

const start = [1, -2, 0.5];
const grads = [
  [0.1, -0.2, 3],
  [-0.4, 0.1, 1],
  [0.3, 0.3, -2],
];
const engine = await startEngine(1);
afterAll(() => engine.dispose());

function train(
  options: SgdOptions,
  { trained = true, device = new ReferenceDevice() as typeof engine } = {},
) {
  const parameter = new Parameter("p", device, 1, 3, start, trained);
  const sgd = new Sgd(device, [parameter], options);
  const norms = grads.map((grad) => {
    device.write(parameter.grad, grad);
    const norm = sgd.gradientNorm();
    sgd.step();
    return norm;
  });
  const values = [...device.read(parameter.value)];
  sgd.release();
  parameter.release();
  return { values, norms, sgd };
}

function byHand(lrAt: (step: number) => number, scaleOf: (grad: readonly number[]) => number, decay = 0) {
  return start.map((value, i) =>
    grads.reduce((p, grad, k) => p - lrAt(k) * (scaleOf(grad) * grad[i]! + decay * p), value),
  );
}
const norm = (grad: readonly number[]) => Math.hypot(...grad);
const closeTo = (expected: readonly number[], digits = 12) =>
  expected.map((value) => expect.closeTo(value, digits));
const same = () => 1;

describe("Sgd", () => {
  it("goes down the gradient, and measures its norm", () => {
    const { values, norms } = train({ lr: 0.1 });
    expect(values).toEqual(closeTo(byHand(() => 0.1, same)));
    expect(norms).toEqual(closeTo(grads.map(norm)));
  });

  it("scales gradients down to the clip norm, never up, and not their decay", () => {
    const options = { lr: 0.1, clipNorm: 1.5, weightDecay: 0.2 };
    const expected = byHand(
      () => 0.1,
      (grad) => Math.min(1, 1.5 / norm(grad)),
      0.2,
    );
    expect(train(options).values).toEqual(closeTo(expected));
    expect(train(options, { device: engine }).values).toEqual(closeTo(expected, 6));
  });

  it("multiplies the learning rate after every so many steps, once the first ones are over", () => {
    const { values, sgd } = train({ lr: 0.1, schedule: { every: 1, factor: 0.5, after: 1 } });
    expect(values).toEqual(closeTo(byHand((step) => [0.1, 0.1, 0.05][step]!, same)));
    expect(sgd.lr).toBeCloseTo(0.025, 12);
    sgd.anneal(0.1);
    expect(sgd.lr).toBeCloseTo(0.0025, 12);
  });

  it("leaves parameters alone that are not trained", () => {
    expect(train({ lr: 0.1 }, { trained: false }).values).toEqual(start);
  });
});

describe("a network with options for Sgd", () => {
  const sgd: SgdOptions = { lr: 0.2, weightDecay: 0.001, clipNorm: 5, schedule: { every: 3, factor: 0.5 } };
  const experiment: typeof patterns = {
    ...patterns,
    build: (context) => Object.assign(patterns.build(context), { adam: undefined, sgd }),
  };
  const options = { bits: 12, patterns: 2, cycles: 1, stepsOn: 2, stepsOff: 1, testSteps: 2 };

  async function trained(episodes: number, resume?: Checkpoint): Promise<Checkpoint> {
    let last: Checkpoint | null = null;
    const device = new ReferenceDevice();
    for await (const event of run(experiment, { device, options, episodes, ...(resume && { resume }) })) {
      if (event.type === "checkpoint") last = event.checkpoint;
    }
    return last!;
  }

  it("is trained by it, and goes on from a checkpoint as if it had not been stopped", async () => {
    const whole = await trained(8);
    expect(whole.adamSteps).toBe(8);
    expect(whole.m).toEqual({});
    const resumed = await trained(8, await trained(4));
    expect(resumed.parameters).toEqual(whole.parameters);
    const [name, { data }] = Object.entries(whole.parameters)[0]!;
    expect(data, name).not.toEqual((await trained(4)).parameters[name]!.data);
  });
});
