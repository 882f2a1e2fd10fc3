import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gradientErrors } from "../../../test/finiteDifferences.js";
import { type Graph, leaf, randomLoss } from "../../../test/graph.js";
import { expectGraphParity } from "../../../test/parity.js";
import { startEngine } from "../../../test/support/engine.js";
import type { Device } from "../../devices/device.js";
import { ReferenceDevice } from "../../devices/reference/index.js";
import { Parameter, Tape, type Tensor } from "../index.js";
import { columns, joinRows, splitRows } from "./columns.js";
import { concat } from "./concat.js";
import { embedding } from "./embedding.js";
import { matmul, matmulTransposed } from "./matmul.js";
import { softmaxCrossEntropy } from "./softmaxCrossEntropy.js";
import { sum } from "./sum.js";

const device = new ReferenceDevice();
const tape = () => new Tape(device, 1);
const numbers = (tensor: Tensor) => Array.from(device.read(tensor.value));

describe("values", () => {
  it("embedding takes a table's rows by their numbers", () => {
    const t = tape();
    const table = t.constant(3, 2, [0, 1, 10, 11, 20, 21]);
    expect(numbers(embedding(t, table, t.constant(4, 1, [2, 0, 0, 1])))).toEqual([
      20, 21, 0, 1, 0, 1, 10, 11,
    ]);
  });

  it("columns, splitRows and joinRows move numbers and change none", () => {
    const t = tape();
    const x = t.constant(2, 4, [0, 1, 2, 3, 10, 11, 12, 13]);
    expect(numbers(columns(t, x, 1, 2))).toEqual([1, 2, 11, 12]);
    const split = splitRows(t, x, 2);
    expect([split.shape, numbers(split)]).toEqual(["[4, 2]", [0, 1, 2, 3, 10, 11, 12, 13]]);
    expect(joinRows(t, split, 2).shape).toBe("[2, 4]");
  });

  it("matmulTransposed multiplies by rows", () => {
    const t = tape();
    const [x, w] = [t.constant(1, 2, [1, 2]), t.constant(3, 2, [1, 0, 0, 1, 1, 1])];
    expect(numbers(matmulTransposed(t, x, w))).toEqual([1, 2, 3]);
  });
});

const graphs: Readonly<Record<string, (seed: number, rows: number, cols: number) => Graph>> = {
  /** Words in, words out: one table for both, some of its rows used often and some never. */
  "a network of words with tied weights": (seed, rows, cols) => ({
    batch: rows,
    leaves: { table: leaf(seed, "table", "parameter", 7, cols), w: leaf(seed, "w", "parameter", cols, cols) },
    build(t, { table, w }) {
      const words = (of: (row: number) => number) =>
        t.constant(
          rows,
          1,
          Array.from({ length: rows }, (_, k) => of(k)),
        );
      const x = embedding(
        t,
        table!,
        words((row) => (row * row + seed) % 5),
      );
      const logits = matmulTransposed(t, matmul(t, x, w!), table!);
      const loss = softmaxCrossEntropy(
        t,
        logits,
        words((row) => (row + 2 * seed) % 7),
      );
      return { loss, outputs: { x, logits } };
    },
  }),
  "embeddings of computed tables": (seed, rows, cols) => ({
    batch: 1,
    leaves: { a: leaf(seed, "a", "input", rows, 3), b: leaf(seed, "b", "input", 3, cols) },
    build(t, { a, b }) {
      const indexes = t.constant(
        2 * rows + 1,
        1,
        Array.from({ length: 2 * rows + 1 }, (_, k) => k % rows),
      );
      const outputs = { y: embedding(t, matmul(t, a!, b!), indexes) };
      return { loss: randomLoss(t, seed, outputs), outputs };
    },
  }),
  "slices and heads": (seed, rows, cols) => ({
    batch: rows,
    leaves: { x: leaf(seed, "x", "input", rows, 3 * cols), y: leaf(seed, "y", "input", rows, 2) },
    build(t, { x, y }) {
      const heads = splitRows(t, x!, 3);
      const outputs = {
        ...{ heads, joined: joinRows(t, heads, 3), wide: concat(t, [x!, y!, x!]) },
        ...{
          first: columns(t, x!, 0, cols),
          rest: columns(t, x!, cols, 2 * cols),
          last: columns(t, y!, 1, 1),
        },
      };
      return { loss: randomLoss(t, seed, outputs), outputs };
    },
  }),
};

describe("ops that move numbers", () => {
  const size = (most: number) => fc.integer({ min: 1, max: most });

  it.each(Object.keys(graphs))("the gradients of %s are those of finite differences", (name) => {
    const property = fc.property(fc.nat(9), size(4), size(5), (seed, rows, cols) => {
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

    it.each(Object.keys(graphs))("%s come out of the engine as out of the reference device", (name) => {
      for (const [rows, cols] of [
        [1, 1],
        [3, 4],
        [1, 51],
        [65, 3],
        [51, 65],
        [5, 257],
      ] as const) {
        expectGraphParity(device, engine, graphs[name]!(rows, rows, cols));
      }
    });

    it("a captured episode takes other words by other content of its indexes", () => {
      const table = new Parameter("table", engine, 4, 2, [0, 1, 10, 11, 20, 21, 30, 31]);
      const words = engine.allocate(3, 1);
      engine.write(words, [0, 1, 1]);
      let read: Tensor | null = null;
      const captured = engine.capture(() => {
        const t = new Tape(engine, 1);
        read = embedding(t, t.param(table), t.input(words));
        t.backward(sum(t, read));
      });
      expect([...engine.read(table.grad)]).toEqual([1, 1, 2, 2, 0, 0, 0, 0]);
      engine.write(words, [3, 2, 3]);
      captured.repeat();
      expect([...engine.read(read!.value)]).toEqual([30, 31, 20, 21, 30, 31]);
      expect([...engine.read(table.grad)]).toEqual([0, 0, 0, 0, 1, 1, 2, 2]);
      captured.release();
      engine.release(words);
      table.release();
    });

    it("a word that the table does not have makes its row, and so the loss, no number", () => {
      const t = new Tape(engine, 1);
      const table = t.constant(2, 3, [1, 2, 3, 4, 5, 6]);
      const got = [...engine.read(embedding(t, table, t.constant(4, 1, [-1, 2, Number.NaN, 1])).value)];
      expect(got).toEqual([...Array(9).fill(Number.NaN), 4, 5, 6]);
    });
  });

  it("have the same bits whatever the number of threads", async () => {
    const [rows, words, cols] = [400, 9, 260];
    const gradientOn = async (threads: number) => {
      const engine = await startEngine(threads);
      const t = new Tape(engine, 1);
      const table = t.variable(words, cols, new Float32Array(words * cols));
      const indexes = t.constant(
        rows,
        1,
        Array.from({ length: rows }, (_, k) => (k * k) % words),
      );
      const read = embedding(t, table, indexes);
      const { loss } = { loss: randomLoss(t, 1, { read }) };
      t.backward(loss);
      const gradient = engine.read(table.grad!);
      await engine.dispose();
      return gradient;
    };
    expect(await gradientOn(2)).toEqual(await gradientOn(1));
  });
});

describe("mistakes", () => {
  it.each([
    [
      "embedding: indexes must be [rows, 1], got [1, 2]",
      (t: Tape) => embedding(t, t.filled(3, 2, 0), t.filled(1, 2, 0)),
    ],
    ["indexes must need no adjoint", (t: Tape) => embedding(t, t.filled(3, 2, 0), t.variable(1, 1, [0]))],
    [
      "index 1 must be a whole number from 0 to 2, got 3",
      (t: Tape) => embedding(t, t.filled(3, 2, 0), t.constant(2, 1, [0, 3])),
    ],
    [
      "columns: 1 to 4 are not within the columns of [1, 3]",
      (t: Tape) => columns(t, t.filled(1, 3, 0), 1, 3),
    ],
    ["splitRows: rows of [1, 3] are not 2 parts", (t: Tape) => splitRows(t, t.filled(1, 3, 0), 2)],
    ["joinRows: the rows of [3, 1] are no multiple of 2", (t: Tape) => joinRows(t, t.filled(3, 1, 0), 2)],
    [
      "matmulTransposed: x must be [rows, 2] to match w [3, 2], got [1, 3]",
      (t: Tape) => matmulTransposed(t, t.filled(1, 3, 0), t.filled(3, 2, 0)),
    ],
  ])("say %s", (message, make) => {
    expect(() => make(tape())).toThrow(message);
  });
});
