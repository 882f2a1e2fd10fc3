import { describe, expect, test } from "vitest";
import { defineRule } from "../../rules/rule.js";
import type { Buffer, TraceOptions } from "../device.js";
import { ReferenceDevice } from "./index.js";

const device = new ReferenceDevice();

function holding(rows: number, cols: number, data: readonly number[]): Buffer {
  const buffer = device.scratch(rows, cols);
  device.write(buffer, data);
  return buffer;
}
const numbers = (buffer: Buffer) => [...device.read(buffer)];

const hebb = defineRule({
  name: "hebb",
  traces: { H: 0 },
  params: { eta: { per: "layer", init: 0.5 } },
  weight: "w + alpha * H",
  update: { H: "(1 - eta) * H + eta * pre * post" },
});

/** One episode of a connection from 2 neurons to 1. */
function open(options: Partial<TraceOptions> = {}) {
  const params = { w: holding(2, 1, [1, 2]), alpha: holding(2, 1, [10, 20]), eta: holding(1, 1, [0.5]) };
  return device.traces({ rule: hebb, batch: 1, pre: 2, post: 1, differentiable: true, params, ...options });
}
const vectors = () => ({ pre: holding(1, 2, [1, -1]), post: holding(1, 1, [4]) });

describe("a sweep", () => {
  test("updates first and reads then, as worked out by hand", () => {
    const traces = open();
    const [out, H] = [device.scratch(1, 1), device.scratch(2, 1)];
    traces.forward({ read: { x: holding(1, 2, [1, 1]), out } });
    expect(numbers(out)).toEqual([3]);
    traces.forward({ update: vectors(), read: { x: holding(1, 2, [1, 3]), out } });
    // H = 0.5 * [4, -4]; W = [1 + 10 * 2, 2 - 20 * 2]
    expect(numbers(out)).toEqual([21 - 3 * 38]);
    traces.read("H", H);
    expect(numbers(H)).toEqual([2, -2]);
  });

  test("updates all traces from the old ones", () => {
    const swap = defineRule({
      name: "swap",
      traces: { A: 1, B: 2 },
      weight: "A",
      update: { A: "B", B: "A" },
    });
    const traces = open({ rule: swap, params: {} });
    traces.forward({ update: vectors() });
    const [A, B] = [device.scratch(2, 1), device.scratch(2, 1)];
    traces.read("A", A);
    traces.read("B", B);
    expect([...numbers(A), ...numbers(B)]).toEqual([2, 2, 1, 1]);
  });

  test("starts from loaded values, which must come before it", () => {
    const traces = open();
    const out = device.scratch(1, 1);
    traces.load("H", holding(2, 1, [0.1, 0.2]));
    traces.forward({ read: { x: holding(1, 2, [1, 1]), out } });
    expect(numbers(out)[0]).toBeCloseTo(3 + 1 + 4, 12);
    expect(() => traces.load("H", holding(2, 1, [0, 0]))).toThrow("before the first sweep");
  });

  test("keeps the traces of each episode of a batch apart", () => {
    const traces = open({ batch: 2 });
    traces.forward({ update: { pre: holding(2, 2, [1, 0, 0, 1]), post: holding(2, 1, [2, 4]) } });
    const H = device.scratch(4, 1);
    traces.read("H", H);
    expect(numbers(H)).toEqual([1, 0, 0, 2]);
  });
});

describe("the backward pass of a sweep", () => {
  test("gives every adjoint, as worked out by hand", () => {
    const traces = open();
    traces.forward({ update: vectors(), read: { x: holding(1, 2, [1, 3]), out: device.scratch(1, 1) } });
    const zeros = (rows: number, cols: number) => holding(rows, cols, new Array(rows * cols).fill(0));
    const grads = { w: zeros(2, 1), alpha: zeros(2, 1), eta: zeros(1, 1) };
    const adjoint = {
      out: holding(1, 1, [1]),
      x: zeros(1, 2),
      update: { pre: zeros(1, 2), post: zeros(1, 1) },
    };
    traces.backward(0, adjoint, grads);
    traces.finish();
    expect(numbers(grads.w)).toEqual([1, 3]);
    expect(numbers(grads.alpha)).toEqual([1 * 2, 3 * -2]);
    expect(numbers(adjoint.x)).toEqual([21, -38]);
    // dL/dH = x * alpha = [10, 60]; H = eta * pre * post
    expect(numbers(adjoint.update.pre)).toEqual([0.5 * 4 * 10, 0.5 * 4 * 60]);
    expect(numbers(adjoint.update.post)).toEqual([0.5 * (10 - 60)]);
    expect(numbers(grads.eta)).toEqual([4 * 10 - 4 * 60]);
  });

  test("computes only what is asked for, and adds to it", () => {
    const traces = open();
    traces.forward({ read: { x: holding(1, 2, [1, 3]), out: device.scratch(1, 1) } });
    const w = holding(2, 1, [100, 0]);
    traces.backward(0, { out: holding(1, 1, [2]) }, { w });
    expect(numbers(w)).toEqual([102, 6]);
  });

  test("must go through the sweeps in reverse, each once", () => {
    const traces = open();
    for (let t = 0; t < 2; t++) traces.forward({ update: vectors() });
    expect(() => traces.backward(0, {}, {})).toThrow("expected sweep 1, got 0");
    traces.backward(1, {}, {});
    traces.backward(0, {}, {});
    expect(() => traces.backward(0, {}, {})).toThrow("last first");
  });
});

test("mistakes are refused with what was expected", () => {
  const traces = open();
  const out = device.scratch(1, 1);
  expect(() => traces.forward({})).toThrow("needs an update, a read, or both");
  expect(() => traces.forward({ read: { x: holding(1, 3, [1, 2, 3]), out } })).toThrow(
    "x must be [1, 2], got [1, 3]",
  );
  expect(() => traces.forward({ update: { pre: holding(1, 2, [1, 2]) } })).toThrow("post must be a buffer");
  expect(() => traces.read("E", out)).toThrow("has no trace E; it has H");
  expect(() => open({ params: {} })).toThrow("traces: w must be a buffer of the reference device, got none");
});
