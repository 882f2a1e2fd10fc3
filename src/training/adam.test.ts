import { describe, expect, it } from "vitest";
import { ReferenceDevice } from "../devices/reference/index.js";
import { Parameter } from "../tape/index.js";
import { Adam, type AdamOptions } from "./adam.js";

const start = [1, -2, 0.5];
const grads = [
  [0.1, -0.2, 3],
  [-0.4, 0.1, 1],
  [0.3, 0.3, -2],
];

function train(options: AdamOptions, trained = true) {
  const device = new ReferenceDevice();
  const parameter = new Parameter("p", device, 1, 3, start, trained);
  const adam = new Adam(device, [parameter], options);
  const norms = grads.map((grad) => {
    device.write(parameter.grad, grad);
    const norm = adam.gradientNorm();
    adam.step();
    return norm;
  });
  return { values: [...device.read(parameter.value)], norms, adam };
}

/** Algorithm 1 of the paper, written out. */
function byHand(
  lrAt: (step: number) => number,
  scaleOf: (grad: readonly number[]) => number,
  decay = 0,
): number[] {
  return start.map((theta, i) => {
    let [m, v] = [0, 0];
    grads.forEach((grad, k) => {
      const g = grad[i]! * scaleOf(grad);
      m = 0.9 * m + 0.1 * g;
      v = 0.999 * v + 0.001 * g * g;
      const mHat = m / (1 - 0.9 ** (k + 1));
      const vHat = v / (1 - 0.999 ** (k + 1));
      theta -= lrAt(k) * (mHat / (Math.sqrt(vHat) + 1e-8) + decay * theta);
    });
    return theta;
  });
}
const expectClose = (got: readonly number[], expected: readonly number[]) => {
  for (const [i, value] of got.entries()) expect(value).toBeCloseTo(expected[i]!, 10);
};
const norm = (grad: readonly number[]) => Math.hypot(...grad);

describe("Adam", () => {
  it("moves parameters as algorithm 1 of Kingma and Ba does", () => {
    const { values, norms } = train({ lr: 0.1 });
    expectClose(
      values,
      byHand(
        () => 0.1,
        () => 1,
      ),
    );
    expectClose(norms, grads.map(norm));
  });

  it("scales gradients down to the clip norm, never up", () => {
    const { values } = train({ lr: 0.1, clipNorm: 1.5 });
    expectClose(
      values,
      byHand(
        () => 0.1,
        (grad) => Math.min(1, 1.5 / norm(grad)),
      ),
    );
  });

  it("clips without being asked for the norm, by the gradients of each step", () => {
    const device = new ReferenceDevice();
    const parameter = new Parameter("p", device, 1, 3, start);
    const adam = new Adam(device, [parameter], { lr: 0.1, clipNorm: 1.5 });
    for (const [k, grad] of grads.entries()) {
      device.write(parameter.grad, grad);
      // Somebody may look at it now and then.
      if (k === 1) adam.gradientNorm();
      adam.step();
    }
    expect([...device.read(parameter.value)]).toEqual(train({ lr: 0.1, clipNorm: 1.5 }).values);
  });

  it("decays weights by lr * weightDecay, apart from the gradient", () => {
    expectClose(
      train({ lr: 0.1, weightDecay: 0.2 }).values,
      byHand(
        () => 0.1,
        () => 1,
        0.2,
      ),
    );
  });

  it("multiplies the learning rate after every so many steps", () => {
    const { values, adam } = train({ lr: 0.1, schedule: { every: 2, factor: 0.5 } });
    expectClose(
      values,
      byHand(
        (step) => (step < 2 ? 0.1 : 0.05),
        () => 1,
      ),
    );
    expect(adam.lr).toBe(0.05);
  });

  it("leaves parameters alone that are not trained", () => {
    expect(train({ lr: 0.1 }, false).values).toEqual(start);
  });
});
