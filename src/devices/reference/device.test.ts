import { describe, expect, test } from "vitest";
import { parseFormula } from "../../formulas/index.js";
import type { Buffer } from "../device.js";
import { ReferenceDevice } from "./index.js";

const device = new ReferenceDevice();

function holding(rows: number, cols: number, data: readonly number[]): Buffer {
  const buffer = device.scratch(rows, cols);
  device.write(buffer, data);
  return buffer;
}
const numbers = (buffer: Buffer) => [...device.read(buffer)];

describe("buffers", () => {
  test("are zero when allocated, NaN as scratch and after their release", () => {
    const kept = device.allocate(1, 2);
    expect(numbers(kept)).toEqual([0, 0]);
    expect(numbers(device.scratch(1, 2))).toEqual([Number.NaN, Number.NaN]);
    device.release(kept);
    expect(numbers(kept)).toEqual([Number.NaN, Number.NaN]);
    expect(() => device.release(kept)).toThrow("released before");
  });

  test("of scratch end with a reset, allocated ones do not", () => {
    const kept = device.allocate(1, 1);
    const scratch = holding(1, 1, [4]);
    device.reset();
    expect(numbers(kept)).toEqual([0]);
    expect(numbers(scratch)).toEqual([Number.NaN]);
  });

  test("share memory with their views, and with views of views", () => {
    const whole = holding(3, 2, [1, 2, 3, 4, 5, 6]);
    const view = device.view(device.view(whole, 1, 2), 1, 1);
    expect(numbers(view)).toEqual([5, 6]);
    device.fill([view], 0);
    expect(numbers(whole)).toEqual([1, 2, 3, 4, 0, 0]);
    expect(() => device.view(whole, 2, 2)).toThrow("rows 2 to 4 are not within the buffer's 3 rows");
  });

  test("are counted at their peak, in bytes", () => {
    const fresh = new ReferenceDevice();
    fresh.allocate(2, 3);
    fresh.scratch(1, 4);
    fresh.reset();
    fresh.scratch(1, 1);
    expect(fresh.peakBytes).toBe(8 * 10);
  });

  test("of the wrong size or of another device are refused", () => {
    expect(() => device.write(device.scratch(2, 2), [1])).toThrow("expected 2 x 2 = 4 numbers, got 1");
    expect(() => device.copy(device.scratch(2, 2), device.scratch(1, 2))).toThrow(
      "copy: to must be [2, 2], got [1, 2]",
    );
    expect(() => device.read({ rows: 1, cols: 1 })).toThrow("buffer of the reference device");
    expect(() => device.allocate(0, 1)).toThrow("at least 1, got 0 x 1");
  });
});

describe("products", () => {
  const a = () => holding(2, 3, [1, 2, 3, 4, 5, 6]);

  test("a @ b, overwriting, then adding", () => {
    const out = device.scratch(2, 1);
    device.matmul(out, a(), holding(3, 1, [1, 0, -1]));
    expect(numbers(out)).toEqual([-2, -2]);
    device.matmul(out, a(), holding(3, 1, [1, 1, 1]), { accumulate: true });
    expect(numbers(out)).toEqual([4, 13]);
  });

  test("a @ b^T", () => {
    const out = device.scratch(2, 2);
    device.matmul(out, a(), holding(2, 3, [1, 0, 0, 0, 1, 1]), { transposeB: true });
    expect(numbers(out)).toEqual([1, 5, 4, 11]);
  });

  test("outerSum adds x^T @ d of every pair", () => {
    const out = holding(2, 2, [100, 0, 0, 0]);
    device.outerSum(out, [
      { x: holding(2, 2, [1, 2, 3, 4]), d: holding(2, 2, [1, 0, 0, 1]) },
      { x: holding(1, 2, [1, 1]), d: holding(1, 2, [10, 20]) },
    ]);
    expect(numbers(out)).toEqual([111, 23, 12, 24]);
  });

  test("of shapes that do not match are refused", () => {
    expect(() => device.matmul(device.scratch(2, 2), a(), a())).toThrow(
      "[2, 3] @ [2, 3] does not give [2, 2]",
    );
    expect(() => device.outerSum(device.scratch(3, 3), [{ x: a(), d: holding(1, 3, [1, 2, 3]) }])).toThrow(
      "same rows",
    );
  });
});

describe("map", () => {
  const program = { inputs: ["x", "b"], outputs: [parseFormula("x * b"), parseFormula("x + b")] };
  const x = () => holding(2, 2, [1, 2, 3, 4]);

  test("reads a row for every row, a column for every column", () => {
    const out = device.scratch(2, 2);
    device.map(program, [x(), holding(1, 2, [10, 20])], [out, null], false);
    expect(numbers(out)).toEqual([10, 40, 30, 80]);
    device.map(program, [x(), holding(2, 1, [10, 20])], [null, out], true);
    expect(numbers(out)).toEqual([21, 52, 53, 104]);
  });

  test("sums an output over the rows or columns that it lacks", () => {
    const [row, column] = [holding(1, 2, [1000, 1000]), device.scratch(2, 1)];
    device.map(program, [x(), holding(1, 1, [2])], [row, null], true);
    device.map(program, [x(), holding(1, 1, [2])], [null, column], false);
    expect(numbers(row)).toEqual([1008, 1012]);
    expect(numbers(column)).toEqual([7, 11]);
  });

  test("may overwrite an input", () => {
    const both = x();
    device.map({ inputs: ["x"], outputs: [parseFormula("x * x")] }, [both], [both], false);
    expect(numbers(both)).toEqual([1, 4, 9, 16]);
  });

  test("refuses shapes that cannot be broadcast", () => {
    expect(() => device.map(program, [x(), holding(1, 3, [1, 2, 3])], [null, null], false)).toThrow(
      "map: input x must be [2 or 1, 3 or 1], got [2, 2]",
    );
    expect(() => device.map(program, [x()], [null, null], false)).toThrow("expected 2 inputs and 2 outputs");
  });
});

describe("adam", () => {
  const start = () => {
    const [param, m, v] = [holding(1, 1, [1]), holding(1, 1, [0]), holding(1, 1, [0])];
    const options = { lr: 0.1, beta1: 0.9, beta2: 0.999, eps: 0.01, weightDecay: 0 };
    return { param, m, v, ...options };
  };

  test("moves by lr * m / (sqrt(v) + eps) with both moments corrected, as worked out by hand", () => {
    const state = start();
    device.adam({ ...state, grad: holding(1, 1, [0.5]), step: 1 });
    const first = 1 - (0.1 * 0.5) / (0.5 + 0.01);
    expect(numbers(state.param)[0]).toBeCloseTo(first, 12);
    device.adam({ ...state, grad: holding(1, 1, [-1]), step: 2 });
    const [m, v] = [(0.9 * 0.05 - 0.1) / 0.19, (0.999 * 0.00025 + 0.001) / 0.001999];
    expect(numbers(state.param)[0]).toBeCloseTo(first - (0.1 * m) / (Math.sqrt(v) + 0.01), 12);
  });

  test("decays the parameter before the step, and scales the gradient", () => {
    const state = start();
    device.adam({
      ...state,
      weightDecay: 0.5,
      grad: holding(1, 1, [2]),
      scale: holding(1, 1, [0.25]),
      step: 1,
    });
    expect(numbers(state.param)[0]).toBeCloseTo(1 - 0.1 * 0.5 - (0.1 * 0.5) / 0.51, 12);
  });

  test("refuses step 0", () => {
    expect(() => device.adam({ ...start(), grad: holding(1, 1, [1]), step: 0 })).toThrow(
      "counts from 1, got 0",
    );
  });
});

test("clipScale shrinks a large norm to maxNorm and leaves a small or zero one", () => {
  const [scale, norm] = [device.scratch(1, 1), device.scratch(1, 1)];
  const clip = (grads: Buffer[], maxNorm: number) => {
    device.clipScale(grads, maxNorm, scale, norm);
    return [...numbers(scale), ...numbers(norm)];
  };
  expect(clip([holding(1, 2, [3, 0]), holding(1, 1, [4])], 1)).toEqual([0.2, 5]);
  expect(clip([holding(1, 2, [3, 4])], 10)).toEqual([1, 5]);
  expect(clip([holding(1, 1, [0])], 10)).toEqual([1, 0]);
});

test("allFinite finds a NaN or an infinity in any buffer", () => {
  const good = holding(1, 2, [1, -1e300]);
  expect(device.allFinite([good, good])).toBe(true);
  expect(device.allFinite([good, holding(1, 1, [Number.NaN])])).toBe(false);
  expect(device.allFinite([holding(1, 1, [Number.NEGATIVE_INFINITY]), good])).toBe(false);
});
