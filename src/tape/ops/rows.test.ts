import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gradientErrors } from "../../../test/finiteDifferences.js";
import { type Graph, leaf, randomLoss } from "../../../test/graph.js";
import { expectGraphParity } from "../../../test/parity.js";
import { startEngine } from "../../../test/support/engine.js";
import type { Device } from "../../devices/device.js";
import { ReferenceDevice } from "../../devices/reference/index.js";
import { Tape, type Tensor } from "../index.js";
import { l2Norm, layerNorm, rmsNorm } from "./norms.js";
import { defineRowMap, rowMap } from "./rowMap.js";
import { softmax } from "./softmax.js";
import { rowCrossEntropies, softmaxCrossEntropy } from "./softmaxCrossEntropy.js";

const device = new ReferenceDevice();
const tape = () => new Tape(device, 1);
const numbers = (tensor: Tensor) => Array.from(device.read(tensor.value));
const closeTo = (expected: readonly number[]) => expected.map((value) => expect.closeTo(value, 12));

describe("row by row", () => {
  it("softmax gives each its share, however large the logits are", () => {
    const t = tape();
    const [a, b] = [Math.exp(-1), Math.exp(-3)];
    const all = 1 + a + b;
    expect(numbers(softmax(t, t.constant(1, 3, [1000, 999, 997])))).toEqual(
      closeTo([1 / all, a / all, b / all]),
    );
  });

  it("softmaxCrossEntropy is -log of what the right class was given, the mean over rows that count", () => {
    const t = tape();
    const logits = t.constant(3, 3, [1, 2, 3, 0, 0, 0, 5, 5, 5]);
    const targets = t.constant(3, 1, [2, 0, -1]);
    const first = Math.log(Math.exp(1) + Math.exp(2) + Math.exp(3)) - 3;
    const mask = t.constant(3, 1, [2, 1, 0]);
    expect(numbers(rowCrossEntropies(t, logits, targets, mask))).toEqual(
      closeTo([2 * first, Math.log(3), 0]),
    );
    expect(numbers(softmaxCrossEntropy(t, logits, targets, mask))[0]).toBeCloseTo(
      (2 * first + Math.log(3)) / 3,
      12,
    );
    expect(numbers(softmaxCrossEntropy(t, t.constant(1, 2, [0, 0]), t.constant(1, 1, [1])))[0]).toBeCloseTo(
      Math.log(2),
    );
  });

  it("a loss whose target is no class, and that counts, is not finite", () => {
    const t = tape();
    const [logits, targets] = [t.constant(1, 3, [1, 2, 3]), t.constant(1, 1, [3])];
    expect(numbers(softmaxCrossEntropy(t, logits, targets))).toEqual([Number.POSITIVE_INFINITY]);
  });

  it("l2Norm makes lengths 1, rmsNorm mean squares, layerNorm variances", () => {
    const t = tape();
    const x = t.constant(2, 2, [3, 4, 0, 0]);
    expect(numbers(l2Norm(t, x, 1e-300))).toEqual([0.6, 0.8, 0, 0]);
    const root = Math.sqrt(12.5);
    expect(numbers(rmsNorm(t, x, t.constant(1, 2, [1, 10]), 1e-300))).toEqual(
      closeTo([3 / root, 40 / root, 0, 0]),
    );
    const affine = { gain: t.constant(1, 2, [2, 3]), bias: t.constant(1, 2, [0, 1]) };
    expect(numbers(layerNorm(t, x, affine, 1e-300))).toEqual(closeTo([-2, 4, 0, 1]));
    expect(numbers(layerNorm(t, x, undefined, 0.75))).toEqual(closeTo([-0.5, 0.5, 0, 0]));
  });
});

const graph = (
  seed: number,
  shapes: Readonly<Record<string, readonly [rows: number, cols: number]>>,
  op: (tape: Tape, leaves: Readonly<Record<string, Tensor>>) => Readonly<Record<string, Tensor>>,
): Graph => ({
  batch: 1,
  leaves: Object.fromEntries(
    Object.entries(shapes).map(([key, [rows, cols]]) => [key, leaf(seed, key, "input", rows, cols, 2)]),
  ),
  build(t, leaves) {
    const outputs = op(t, leaves);
    return { loss: randomLoss(t, seed, outputs), outputs };
  },
});

const graphs: Readonly<Record<string, (seed: number, rows: number, cols: number) => Graph>> = {
  softmax: (seed, rows, cols) => graph(seed, { x: [rows, cols] }, (t, { x }) => ({ y: softmax(t, x!) })),
  "cross-entropy": (seed, rows, cols) =>
    graph(seed, { x: [rows, cols] }, (t, { x }) => {
      const column = (of: (row: number) => number) =>
        t.constant(
          rows,
          1,
          Array.from({ length: rows }, (_, k) => of(k)),
        );
      const targets = column((row) => (row * 7 + seed) % cols);
      const mask = column((row) => (row + 1) % 3);
      const each = rowCrossEntropies(t, x!, targets, mask);
      return {
        each,
        mean: softmaxCrossEntropy(t, x!, targets),
        masked: softmaxCrossEntropy(t, x!, targets, mask),
      };
    }),
  norms: (seed, rows, cols) =>
    graph(seed, { x: [rows, cols], gain: [1, cols], bias: [1, cols] }, (t, { x, gain, bias }) => ({
      ...{ l2: l2Norm(t, x!, 0.1), rms: rmsNorm(t, x!, undefined, 0.1), rmsGain: rmsNorm(t, x!, gain!, 0.1) },
      ...{
        layer: layerNorm(t, x!, undefined, 0.1),
        affine: layerNorm(t, x!, { gain: gain!, bias: bias! }, 0.1),
      },
    })),
  "a map of every kind of tensor": (seed, rows, cols) =>
    graph(seed, { x: [rows, cols], a: [rows, 1], b: [1, cols], c: [1, 1] }, (t, { x, a, b, c }) => {
      const [y, z, r] = rowMap(t, everyKind, [x!, a!, b!, c!]);
      return { y: y!, z: z!, r: r! };
    }),
};
const everyKind = defineRowMap({
  inputs: ["x", "a", "b", "c"],
  reductions: { s: { sum: "x * b + a" }, q: { sum: "tanh(c * x) * s" } },
  outputs: { y: "x * s + q * b", z: "a * tanh(x + q / 10)" },
  rowOutputs: { r: "s * q" },
});

describe("ops on rows", () => {
  const size = (most: number) => fc.integer({ min: 1, max: most });

  it.each(Object.keys(graphs))("the gradients of %s are those of finite differences", (name) => {
    const property = fc.property(fc.nat(), size(4), size(5), (seed, rows, cols) => {
      for (const [key, error] of Object.entries(gradientErrors(device, graphs[name]!(seed, rows, cols)))) {
        expect(error, `gradient of ${key}`).toBeLessThan(1e-6);
      }
    });
    fc.assert(property, { seed: 1, numRuns: 6 });
  });

  describe.each([1, 2])("on %i threads", (threads) => {
    let engine: Device;
    beforeAll(async () => {
      engine = await startEngine(threads);
    });
    afterAll(() => engine.dispose());
    // The last is large enough to be shared by threads.
    const sizes = [
      [1, 1],
      [3, 1],
      [1, 51],
      [3, 65],
      [65, 3],
      [79, 257],
    ] as const;

    it.each(Object.keys(graphs))("%s come out of the engine as out of the reference device", (name) => {
      for (const [rows, cols] of sizes) expectGraphParity(device, engine, graphs[name]!(rows, rows, cols));
    });
  });
});

describe("mistakes", () => {
  it.each([
    [
      "targets must be [2, 1], got [1, 2]",
      (t: Tape) => softmaxCrossEntropy(t, t.filled(2, 3, 0), t.filled(1, 2, 0)),
    ],
    [
      "mask must be [2, 1], got [2, 3]",
      (t: Tape) => rowCrossEntropies(t, t.filled(2, 3, 0), t.filled(2, 1, 0), t.filled(2, 3, 1)),
    ],
    [
      "rowMap: mask must need no adjoint",
      (t: Tape) => rowCrossEntropies(t, t.filled(1, 3, 0), t.filled(1, 1, 0), t.variable(1, 1, [1])),
    ],
    [
      "rmsNorm: gain must be [1, 3], got [1, 2]",
      (t: Tape) => rmsNorm(t, t.filled(1, 3, 0), t.filled(1, 2, 0)),
    ],
    [
      "rowMap: expected 1 tensors (x), got 0",
      (t: Tape) => rowMap(t, defineRowMap({ inputs: ["x"], reductions: {}, outputs: { y: "x" } }), []),
    ],
    [
      'defineRowMap: "y = z" uses z; it may use x',
      () => defineRowMap({ inputs: ["x"], reductions: {}, outputs: { y: "z" } }),
    ],
  ])("say %s", (message, make) => {
    expect(() => make(tape())).toThrow(message);
  });
});
