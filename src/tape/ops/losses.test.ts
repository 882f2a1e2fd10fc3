import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gradientErrors } from "../../../test/finiteDifferences.js";
import { type Graph, leaf, randomLoss } from "../../../test/graph.js";
import { expectGraphParity } from "../../../test/parity.js";
import { ReferenceDevice } from "../../devices/reference/index.js";
import { createWasmDevice } from "../../devices/wasm/index.js";
import { Tape, type Tensor } from "../index.js";
import { concat, concatRows } from "./concat.js";
import { crossEntropy, mse } from "./losses.js";
import { mean } from "./mean.js";

const device = new ReferenceDevice();
const tape = () => new Tape(device, 1);
const numbers = (tensor: Tensor) => Array.from(device.read(tensor.value));

describe("values", () => {
  it("mean is that of all elements", () => {
    const t = tape();
    expect(numbers(mean(t, t.constant(2, 2, [1, 2, 3, 6])))).toEqual([3]);
  });

  it("mse counts each element as often as the mask says", () => {
    const t = tape();
    const [y, target] = [t.constant(2, 2, [1, 2, 3, 4]), t.constant(2, 2, [0, 0, 3, 2])];
    expect(numbers(mse(t, y, target))[0]).toBeCloseTo((1 + 4 + 0 + 4) / 4, 12);
    expect(numbers(mse(t, y, target, t.constant(2, 1, [0, 1])))[0]).toBeCloseTo(4 / 2, 12);
    expect(numbers(mse(t, y, target, t.constant(2, 2, [1, 0, 0, 3])))[0]).toBeCloseTo((1 + 12) / 4, 12);
  });

  it("crossEntropy is -log of what the right choice was given, the mean over rows that count", () => {
    const t = tape();
    const logits = t.constant(2, 3, [1, 2, 3, 0, 0, 0]);
    const target = t.constant(2, 3, [0, 0, 1, 1, 0, 0]);
    const first = Math.log(Math.exp(1) + Math.exp(2) + Math.exp(3)) - 3;
    expect(numbers(crossEntropy(t, logits, target))[0]).toBeCloseTo((first + Math.log(3)) / 2, 12);
    expect(numbers(crossEntropy(t, logits, target, t.constant(2, 1, [2, 0])))[0]).toBeCloseTo(first, 12);
  });

  it("concat puts tensors side by side, concatRows one above the other", () => {
    const t = tape();
    const [a, b] = [t.constant(2, 1, [1, 2]), t.constant(2, 2, [3, 4, 5, 6])];
    expect(numbers(concat(t, [a, b, a]))).toEqual([1, 3, 4, 1, 2, 5, 6, 2]);
    expect(numbers(concatRows(t, [b, t.constant(1, 2, [7, 8])]))).toEqual([3, 4, 5, 6, 7, 8]);
  });
});

describe("on any shape", () => {
  const size = (most: number) => fc.integer({ min: 1, max: most });
  const inputs = (seed: number, shapes: Readonly<Record<string, readonly [number, number]>>) =>
    Object.fromEntries(
      Object.entries(shapes).map(([name, [rows, cols]]) => [name, leaf(seed, name, "input", rows, cols)]),
    );
  const graphs: Readonly<Record<string, (seed: number, rows: number, cols: number) => Graph>> = {
    losses: (seed, rows, cols) => ({
      batch: 1,
      leaves: inputs(seed, { y: [rows, cols], target: [rows, cols] }),
      build(t, { y, target }) {
        const mask = t.constant(
          rows,
          1,
          Array.from({ length: rows }, (_, k) => 1 + (k % 3)),
        );
        const outputs = {
          ...{ mse: mse(t, y!, target!), masked: mse(t, y!, target!, mask), mean: mean(t, y!) },
          ...{ choice: crossEntropy(t, y!, target!), some: crossEntropy(t, y!, target!, mask) },
        };
        return { loss: randomLoss(t, seed, outputs), outputs };
      },
    }),
    concatenations: (seed, rows, cols) => ({
      batch: 1,
      leaves: inputs(seed, { a: [rows, cols], b: [rows, 2], c: [3, cols] }),
      build(t, { a, b, c }) {
        const outputs = { wide: concat(t, [a!, b!, a!]), high: concatRows(t, [c!, a!, a!]) };
        return { loss: randomLoss(t, seed, outputs), outputs };
      },
    }),
  };

  it.each(Object.keys(graphs))("the gradients of %s are those of finite differences", (name) => {
    const property = fc.property(fc.integer(), size(4), size(4), (seed, rows, cols) => {
      for (const [key, error] of Object.entries(gradientErrors(device, graphs[name]!(seed, rows, cols)))) {
        expect(error, `gradient of ${key}`).toBeLessThan(1e-6);
      }
    });
    fc.assert(property, { seed: 1, numRuns: 10 });
  });

  it.each(Object.keys(graphs))("%s come out of the engine as out of the reference device", async (name) => {
    const wasm = await createWasmDevice({ threads: 1 });
    for (const [rows, cols] of [
      [1, 1],
      [3, 51],
      [65, 3],
      [5, 257],
    ] as const) {
      expectGraphParity(device, wasm, graphs[name]!(rows, rows, cols));
    }
    await wasm.dispose();
  });
});

describe("wrong shapes", () => {
  it.each([
    ["mse: target must be [2, 1], got [1, 2]", (t: Tape) => mse(t, t.filled(2, 1, 0), t.filled(1, 2, 0))],
    [
      "crossEntropy: target must be [2, 1], got [1, 2]",
      (t: Tape) => crossEntropy(t, t.filled(2, 1, 0), t.filled(1, 2, 0)),
    ],
    [
      "crossEntropy: mask must be [2, 1], got [2, 2]",
      (t: Tape) => crossEntropy(t, t.filled(2, 2, 0), t.filled(2, 2, 0), t.filled(2, 2, 1)),
    ],
    ["concat: expected at least one tensor", (t: Tape) => concat(t, [])],
    [
      "concat: all tensors must have 2 rows, got [1, 2]",
      (t: Tape) => concat(t, [t.filled(2, 1, 0), t.filled(1, 2, 0)]),
    ],
    [
      "concatRows: all tensors must have 1 columns, got [1, 2]",
      (t: Tape) => concatRows(t, [t.filled(2, 1, 0), t.filled(1, 2, 0)]),
    ],
  ])("say %s", (message, make) => {
    expect(() => make(tape())).toThrow(message);
  });
});
