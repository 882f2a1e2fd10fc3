import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startEngine } from "../../test/support/engine.js";
import type { Device } from "../devices/device.js";
import { ReferenceDevice } from "../devices/reference/index.js";
import {
  comba,
  decayingHebb,
  defineRule,
  deltaProduct,
  deltaRule,
  diagonalPlusLowRank,
  gatedDelta,
  gatedDelta2,
  gatedLinearAttention,
  gatedOja,
  kimiDelta,
  linearAttention,
  type Rule,
  retention,
  titans,
} from "../rules/index.js";
import { defineMap, map, type Parameter, sum, Tape, type Tensor } from "../tape/index.js";
import { random } from "../tasks/index.js";
import { live } from "../training/index.js";
import { FastWeights, type FastWeightsOptions, Residual, stackedSequence } from "./index.js";

const reference = new ReferenceDevice();
let engine: Device;
beforeAll(async () => {
  engine = await startEngine(1);
});
afterAll(() => engine.dispose());

const rules: readonly Rule[] = [
  linearAttention,
  decayingHebb,
  retention,
  gatedLinearAttention,
  deltaRule,
  gatedDelta,
  kimiDelta,
  gatedDelta2,
  comba,
  diagonalPlusLowRank,
  gatedOja,
  titans,
  deltaProduct,
];
const [steps, batch, width] = [5, 2, 4];
const inputs = random(0, "inputs", 0).fillNormal(new Float64Array(steps * batch * width), 1);
const weights = random(0, "loss", 0).fillNormal(new Float64Array(steps * batch * width), 1);
const product = defineMap(["x", "c"], { y: "x * c" });

const layer = (device: Device, rule: Rule, options: Partial<FastWeightsOptions> = {}) =>
  new FastWeights(
    device,
    { width, rule, heads: 2, keySize: 3, valueSize: 2, taps: 3, ...options },
    random(1, "weights", 0),
  );

/** A loss on all outputs, its gradients, and the outputs. */
function lived(device: Device, cell: FastWeights, how: "whole" | "stepwise") {
  const tape = new Tape(device, batch);
  const x = tape.variable(steps * batch, width, inputs);
  const outputs: Tensor[] =
    how === "whole" ? [cell.whole(tape, x).outputs] : [...live(tape, cell, x).outputs];
  const rows = (steps * batch) / outputs.length;
  const losses = outputs.map((output, t) => {
    const c = tape.constant(rows, width, weights.subarray(t * rows * width, (t + 1) * rows * width));
    return sum(tape, map(tape, product, [output, c])[0]!);
  });
  const add = defineMap(["a", "b"], { y: "a + b" });
  const loss = losses.reduce((a, b) => map(tape, add, [a, b])[0]!);
  tape.backward(loss);
  const grads = cell.parameters.map(({ name, grad }) => [name, Array.from(device.read(grad))] as const);
  return {
    outputs: outputs.flatMap((output) => Array.from(device.read(output.value))),
    grads: Object.fromEntries([...grads, ["x", Array.from(device.read(x.grad!))] as const]),
    loss: device.read(loss.value)[0]!,
  };
}

/** The largest difference, relative to the largest number. */
function difference(got: readonly number[], expected: readonly number[]): number {
  const scale = Math.max(...expected.map(Math.abs), 1e-3);
  return Math.max(...expected.map((each, k) => Math.abs(each - got[k]!))) / scale;
}

describe.each(rules.map((rule) => [rule.name, rule] as const))("a layer of %s", (_, rule) => {
  test("answers and learns the same all at once and step by step", () => {
    const [whole, stepwise] = (["whole", "stepwise"] as const).map((how) =>
      lived(reference, layer(reference, rule), how),
    );
    expect(difference(whole!.outputs, stepwise!.outputs)).toBeLessThan(1e-12);
    for (const [name, grad] of Object.entries(stepwise!.grads)) {
      expect(difference(whole!.grads[name]!, grad), name).toBeLessThan(1e-9);
    }
    expect(Math.max(...whole!.outputs.map(Math.abs))).toBeGreaterThan(0.1);
  });

  test("has the gradients of finite differences", () => {
    const cell = layer(reference, rule);
    const { grads } = lived(reference, cell, "whole");
    // Along a random direction of all parameters: whichever adjoint is wrong, the sum is.
    const starts = cell.parameters.map(({ value }) => Float64Array.from(reference.read(value)));
    const directions = starts.map((start, k) => random(3, "directions", k).fillNormal(start.slice(), 1));
    const lossAt = (by: number) => {
      cell.parameters.forEach(({ value }, k) => {
        reference.write(
          value,
          starts[k]!.map((each, i) => each + by * directions[k]![i]!),
        );
      });
      return lived(reference, cell, "whole").loss;
    };
    const step = 1e-6;
    const expected = (lossAt(step) - lossAt(-step)) / (2 * step);
    const terms = cell.parameters.flatMap(({ name }, k) =>
      grads[name]!.map((each, i) => each * directions[k]![i]!),
    );
    const scale = Math.hypot(...terms);
    expect(Math.abs(terms.reduce((total, each) => total + each, 0) - expected) / scale).toBeLessThan(1e-6);
  });

  test("is the same on the engine", () => {
    const expected = lived(reference, layer(reference, rule), "whole");
    const got = lived(engine, layer(engine, rule), "whole");
    expect(difference(got.outputs, expected.outputs)).toBeLessThan(2e-5);
    for (const [name, grad] of Object.entries(expected.grads)) {
      expect(difference(got.grads[name]!, grad), name).toBeLessThan(1e-4);
    }
  });
});

test("a stack of residual blocks lives all at once as it does step by step", () => {
  const numbers = random(2, "weights", 0);
  const stack = stackedSequence(
    [0, 1].map((k) => {
      const cell = new FastWeights(reference, { width, rule: gatedDelta, name: `layer${k}` }, numbers);
      return new Residual(reference, `block${k}`, cell);
    }),
  );
  const tape = new Tape(reference, batch, false);
  const all = tape.constant(steps * batch, width, inputs);
  const { outputs, state } = stack.whole(tape, all);
  const stepwise = live(tape, stack, all);
  const expected = stepwise.outputs.flatMap((each) => Array.from(reference.read(each.value)));
  expect(difference(Array.from(reference.read(outputs.value)), expected)).toBeLessThan(1e-12);
  // Whoever goes on where the whole ended gets what the other gets.
  const [more] = [tape.constant(batch, width, inputs.subarray(0, batch * width))];
  const next = [state, stepwise.state].map((each) => stack.step(tape, each, more!).output);
  const [a, b] = next.map((each) => Array.from(reference.read(each.value)));
  expect(difference(a!, b!)).toBeLessThan(1e-12);
  expect(new Set(stack.parameters.map((each: Parameter) => each.name)).size).toBe(stack.parameters.length);
});

test("a key may be of one token and its value of the next", () => {
  // Without a look back no layer can tell what came after what; its convolution's second weight is what can.
  const cell = layer(reference, deltaRule, { taps: 1 });
  const tape = new Tape(reference, 1, false);
  const at = (numbers: readonly number[]) => tape.constant(1, width, numbers);
  const first = cell.step(tape, cell.begin(tape), at([1, 2, 3, 4])).output;
  expect(cell.parameters.some(({ name }) => name.endsWith("tap1"))).toBe(false);
  expect(layer(reference, deltaRule).parameters.filter(({ name }) => name.endsWith(".tap1"))).toHaveLength(6);
  expect(first.shape).toBe(`[1, ${width}]`);
});

describe("what does not fit is said", () => {
  const of = (options: Partial<FastWeightsOptions>) => () => layer(reference, gatedDelta, options);

  test("sizes", () => {
    expect(of({ heads: 3, keySize: undefined })).toThrow(
      "fastWeights: keySize must be a whole number of at least 1, got 1.33",
    );
    expect(of({ valueSize: 0 })).toThrow("valueSize must be a whole number of at least 1, got 0");
    expect(of({ taps: 0 })).toThrow("taps must be a whole number of at least 1, got 0");
  });

  test("signals and gates", () => {
    const strange = defineRule({
      name: "strange",
      traces: { H: 0 },
      signals: { z: "episode" },
      weight: "H",
      update: { H: "z * H + pre * post" },
    });
    expect(of({ rule: strange })).toThrow(
      "the rule strange needs the signal z, and no gate is known by this name",
    );
    const half = { of: [], equation: defineMap(["x"], { y: "0.5 * sigmoid(x)" }) };
    expect(of({ rule: strange, gates: { z: half } })).not.toThrow();
    expect(of({ gates: { bta: half } })).toThrow(
      'a gate for bta, which is no signal of the rule gatedDelta; it has g, beta; did you mean "beta"?',
    );
    expect(of({ gates: { beta: "key" } })).toThrow(
      "beta of the rule gatedDelta is made as a key, so it must be one number per pre",
    );
    expect(
      of({ gates: { g: { of: ["beta"], equation: defineMap(["x", "beta"], { y: "x * beta" }) } } }),
    ).toThrow("the gate of g takes beta, which is not there before it; there are pre");
  });

  test("inputs", () => {
    const cell = layer(reference, gatedDelta);
    const tape = new Tape(reference, batch, false);
    const wrong = tape.filled(3, width, 0);
    expect(() => cell.step(tape, cell.begin(tape), wrong)).toThrow(
      "fastWeights.step: input must be [2, 4], got [3, 4]",
    );
    expect(() => cell.whole(tape, wrong)).toThrow(
      "fastWeights.whole: inputs must be [steps * 2, 4], got [3, 4]",
    );
  });
});
