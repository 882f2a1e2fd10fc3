import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { type Golden, readGoldens, transposed } from "../bench/goldens/golden.js";
import { check } from "../bench/goldens/run.js";
import { ReferenceDevice } from "../src/devices/reference/index.js";

const device = new ReferenceDevice();
const tensor = (shape: number[], data: number[]) => ({ shape, data });
const y = [Math.tanh(0.5), Math.tanh(0.7 * Math.tanh(0.5) - 0.25)] as const;
const slope = (value: number) => 1 - value * value;

/** One neuron, two steps, input [0.5, -0.25], w = 0.7, eta = 0.1, loss = 2 * y(2): all worked out by hand. */
const tiny: Golden = {
  case: "rnn-hebb-full-add",
  description: "",
  convention: "",
  params: { w: tensor([1, 1], [0.7]), alpha: tensor([1, 1], [3]), eta: tensor([1], [0.1]) },
  inputs: { input: tensor([2, 1, 1], [0.5, -0.25]) },
  outputs: { y: tensor([2, 1, 1], [...y]), hebb_T: tensor([1, 1], [0.1 * y[0] * y[1]]) },
  grads: {
    w: tensor([1, 1], [2 * slope(y[1]) * y[0]]),
    // The first update's pre is y(0) = 0: the trace is still 0 when step 2 reads it.
    alpha: tensor([1, 1], [0]),
    eta: tensor([1], [0]),
    input: tensor([2, 1, 1], [2 * slope(y[1]) * 0.7 * slope(y[0]), 2 * slope(y[1])]),
  },
  lossWeights: { cy: tensor([2, 1, 1], [0, 2]), ch: tensor([1, 1], [0]) },
  hyper: null,
  loss: 2 * y[1],
};
const silent = () => {};

test("a golden whose every number is met passes", () => {
  const verdict = check(device, tiny, silent);
  expect(verdict.status).toBe("pass");
  expect(verdict.maxOutputError).toBeLessThan(1e-12);
  expect(verdict.maxGradientError).toBeLessThan(1e-12);
});

test.each([
  ["an output", { outputs: { ...tiny.outputs, y: tensor([2, 1, 1], [y[0], y[1] + 1e-6]) } }],
  ["the final trace", { outputs: { ...tiny.outputs, hebb_T: tensor([1, 1], [0.1]) } }],
  ["a gradient that should be 0", { grads: { ...tiny.grads, eta: tensor([1], [1e-6]) } }],
  ["the loss", { loss: 2 * y[1] + 1e-6 }],
])("a golden that differs in %s fails", (_, change) => {
  expect(check(device, { ...tiny, ...change }, silent).status).toBe("fail");
});

test("a golden with a tensor that is not computed fails, and says which", () => {
  const report = vi.fn();
  const verdict = check(device, { ...tiny, grads: { ...tiny.grads, bias: tensor([1], [0]) } }, report);
  expect(verdict).toEqual({ case: tiny.case, status: "fail", maxOutputError: null, maxGradientError: null });
  expect(report).toHaveBeenCalledWith("rnn-hebb-full-add: bias must have 1 numbers, got none");
});

test("a network that nobody has rebuilt is unsupported, not passed", () => {
  expect(check(device, { ...tiny, case: "transformer" }, silent).status).toBe("unsupported");
});

test("matrices are transposed one by one", () => {
  expect(transposed([1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60], 2, 3)).toEqual([
    1, 4, 2, 5, 3, 6, 10, 40, 20, 50, 30, 60,
  ]);
});

test("a folder must exist and hold goldens, of the right form", () => {
  const folder = mkdtempSync(join(tmpdir(), "goldens-"));
  expect(() => readGoldens(join(folder, "nowhere"))).toThrow("there is no folder");
  expect(() => readGoldens(folder)).toThrow("found none");
  writeFileSync(join(folder, "a.json"), JSON.stringify(tiny));
  expect(readGoldens(folder)).toEqual([tiny]);
  writeFileSync(join(folder, "b.json"), JSON.stringify({ ...tiny, loss: "none" }));
  expect(() => readGoldens(folder)).toThrow("b.json is not a golden file");
  rmSync(folder, { recursive: true });
});
