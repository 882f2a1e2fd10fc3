import { describe, expect, test } from "vitest";
import { ReferenceDevice } from "../devices/reference/index.js";
import { planAdjoints, type Touched } from "./adjoints.js";
import { defineMap, map } from "./ops/map.js";
import { matmul } from "./ops/matmul.js";
import { sum } from "./ops/sum.js";
import { Tape } from "./tape.js";
import { Parameter, Tensor } from "./tensor.js";

const device = new ReferenceDevice();
const tensor = (rows = 1) => new Tensor(device.scratch(rows, 2), true);
const rowsOf = (of: Tensor, from: number, rows: number) =>
  new Tensor(device.view(of.value, from, rows), true, { of, from });
const plan = (touched: readonly Touched[], produced: readonly Tensor[], loss = tensor()) =>
  planAdjoints(
    touched.map((each) => ({ touched: each, run: () => {} })),
    [...produced, loss],
    loss,
  );

describe("the plan of the adjoints", () => {
  test("has the last op overwrite what the others add to", () => {
    const x = tensor();
    const { how, zeroed } = plan([{ sets: [x] }, { sets: [x] }], [x]);
    expect([how(0, x), how(1, x), zeroed.has(x)]).toEqual(["add", "overwrite", false]);
  });

  test("zeroes what is first added to by an op that cannot overwrite, and what nothing reaches", () => {
    const [x, y, unused] = [tensor(), tensor(), tensor()];
    const { how, zeroed } = plan([{ sets: [x, y] }, { adds: [x] }], [x, y, unused]);
    expect([how(0, x), how(0, y)]).toEqual(["add", "overwrite"]);
    expect([zeroed.has(x), zeroed.has(y), zeroed.has(unused)]).toEqual([true, false, true]);
  });

  test("overwrites slices that together are all of a tensor, and zeroes one that they are not all of", () => {
    const [all, part, overlapping] = [tensor(4), tensor(4), tensor(4)];
    const slices = [rowsOf(all, 0, 2), rowsOf(all, 2, 2), rowsOf(part, 0, 3)];
    const [low, high] = [rowsOf(overlapping, 0, 3), rowsOf(overlapping, 2, 2)];
    const { how, zeroed } = plan(
      [...slices, low, high].map((slice) => ({ sets: [slice] })),
      [all, part, overlapping, ...slices, low, high],
    );
    expect(slices.map((slice, i) => how(i, slice))).toEqual(["overwrite", "overwrite", "overwrite"]);
    expect([how(3, low), how(4, high)]).toEqual(["add", "overwrite"]);
    expect([all, part, overlapping].map((whole) => zeroed.has(whole))).toEqual([false, true, true]);
  });

  test("counts the rows of a slice of a slice as those of the whole", () => {
    const whole = tensor(4);
    const outer = rowsOf(whole, 1, 3);
    const inner = rowsOf(outer, 1, 2);
    const { how } = plan([{ sets: [inner] }, { adds: [rowsOf(whole, 3, 1)] }], [whole, outer, inner]);
    expect(how(0, inner)).toBe("overwrite");
    const last = rowsOf(whole, 3, 1);
    expect(plan([{ sets: [inner] }, { sets: [last] }], [whole, outer, inner, last]).how(0, inner)).toBe(
      "add",
    );
  });

  test("gives a tensor the adjoint of a result only where nobody else adds to it", () => {
    const [z, y, other] = [tensor(), tensor(), tensor()];
    const passes: Touched = { sets: [z], same: [[z, y]] };
    expect(plan([passes], [z, y]).aliases.get(z)).toBe(y);
    expect(plan([passes], [z, y]).how(0, z)).toBe("same");
    expect(plan([passes, { sets: [z] }], [z, y, other]).aliases.has(z)).toBe(false);
    expect(plan([{ adds: [z] }, passes], [z, y, other]).aliases.has(z)).toBe(false);
  });

  test("gives like inputs one adjoint, but not where one of them has more", () => {
    const [z, u, both] = [tensor(), tensor(), tensor(2)];
    const like: Touched = {
      sets: [z, u],
      same: [
        [z, u],
        [u, z],
      ],
    };
    const { aliases, how } = plan([like], [z, u]);
    expect([...aliases]).toEqual([[z, u]]);
    expect([how(0, z), how(0, u)]).toEqual(["same", "overwrite"]);
    expect(plan([{ sets: [u] }, like], [z, u]).aliases.size).toBe(0);
    // A slice's adjoint is a part of another; it may lend it, not take one.
    const slice = rowsOf(both, 0, 1);
    const lent = plan(
      [
        {
          sets: [slice, z],
          same: [
            [slice, z],
            [z, slice],
          ],
        },
      ],
      [z, both, slice],
    );
    expect([...lent.aliases]).toEqual([[z, slice]]);
  });

  test("has an op that uses a tensor twice overwrite first, then add", () => {
    const x = tensor();
    const { how } = plan([{ sets: [x, x] }], [x]);
    expect([how(0, x), how(0, x)]).toEqual(["overwrite", "add"]);
  });

  test("leaves the loss, which starts at 1, to be added to", () => {
    const [loss, x] = [tensor(), tensor()];
    const { how, zeroed } = plan([{ sets: [loss] }, { sets: [x] }], [x], loss);
    expect([how(0, loss), how(1, x), zeroed.has(loss)]).toEqual(["add", "overwrite", false]);
  });
});

test("every tensor on the way has its adjoint afterwards, also those that share it with another", () => {
  const w = new Parameter("w", device, 2, 2, [1, 2, 3, 4]);
  const tape = new Tape(device, 1);
  const x = tape.variable(3, 2, [1, -1, 2, 0.5, -3, 1]);
  const z = matmul(tape, x, tape.param(w));
  const [shifted] = map(tape, defineMap(["z", "b"], { y: "z + b" }), [z, tape.constant(1, 2, [1, 2])]);
  const [squared] = map(tape, defineMap(["a", "b"], { e: "a * b" }), [shifted!, shifted!]);
  tape.backward(sum(tape, squared!));
  const expected = [...device.read(shifted!.value)].map((value) => 2 * value);
  expect([...device.read(shifted!.grad!)]).toEqual(expected);
  expect([...device.read(z.grad!)]).toEqual(expected);
  const [a, b, c, d] = [1, 2, 3, 4];
  const row = (i: number) => [
    a * expected[i]! + b * expected[i + 1]!,
    c * expected[i]! + d * expected[i + 1]!,
  ];
  expect([...device.read(x.grad!)]).toEqual([...row(0), ...row(2), ...row(4)]);
});

test("a parameter as large as one episode's vectors keeps a gradient of its own, summed over steps", () => {
  const bias = new Parameter("b", device, 1, 3, [0.1, -0.2, 0.3]);
  const weight = new Parameter("w", device, 3, 3, [1, 2, 0, -1, 0.5, 1, 0.25, 0, -2]);
  const step = defineMap(["z", "b"], { y: "tanh(z + b)" });
  const lossOf = () => {
    const tape = new Tape(device, 1);
    let y = tape.constant(1, 3, [0.5, 1, -1]);
    for (let t = 0; t < 3; t++) {
      [y] = map(tape, step, [matmul(tape, y, tape.param(weight)), tape.param(bias)]) as [Tensor];
    }
    return { tape, loss: sum(tape, y) };
  };
  const { tape, loss } = lossOf();
  tape.backward(loss);
  for (const { value, grad } of [bias, weight]) {
    const [gradient, start] = [[...device.read(grad)], [...device.read(value)]];
    gradient.forEach((slope, k) => {
      const at = (by: number) => {
        device.write(value, start.with(k, start[k]! + by));
        return device.read(lossOf().loss.value)[0]!;
      };
      expect(slope).toBeCloseTo((at(1e-5) - at(-1e-5)) / 2e-5, 7);
      device.write(value, start);
    });
  }
});

test("a chain of many thousand sums, which share their adjoints, is gone back through", () => {
  const tape = new Tape(device, 1);
  const add = defineMap(["a", "b"], { y: "a + b" });
  const x = new Parameter("x", device, 1, 1, [2]);
  let total = map(tape, add, [tape.param(x), tape.param(x)])[0]!;
  for (let k = 0; k < 20_000; k++) total = map(tape, add, [total, tape.param(x)])[0]!;
  tape.backward(total);
  expect(Array.from(device.read(x.grad))).toEqual([20_002]);
});
