import { afterAll, expect, it } from "vitest";
import { startEngine } from "../../test/support/engine.js";
import type { Device } from "../devices/device.js";
import { ReferenceDevice } from "../devices/reference/index.js";
import { clippedHebb, type Rule, simpleModulation } from "../rules/index.js";
import { defineMap, map, sum, Tape, type Tensor } from "../tape/index.js";
import { random } from "../tasks/index.js";
import { Lstm, type LstmOptions } from "./lstm.js";
import { singleModulator } from "./modulator.js";

const reference = new ReferenceDevice();
const engine = await startEngine(2);
afterAll(() => engine.dispose());

const [BATCH, STEPS, INPUTS, NEURONS] = [3, 5, 4, 6];
const weighted = defineMap(["y", "w"], { p: "y * w" });
const modulated = { rule: simpleModulation as Rule, modulator: singleModulator };

/** A loss of all outputs and of the last cell state, its gradients, and the last c: lived in one piece, or step by step. */
function lived(device: Device, options: Partial<LstmOptions>, inOnePiece: boolean) {
  const cell = new Lstm(
    device,
    { inputs: INPUTS, neurons: NEURONS, alphaStd: 0.3, ...options },
    random(1, "w", 0),
  );
  const rng = random(2, "inputs", 0);
  const numbers = (rows: number, cols: number) =>
    Float32Array.from({ length: rows * cols }, () => rng.normal());
  const tape = new Tape(device, BATCH);
  const inputs = tape.variable(STEPS * BATCH, INPUTS, numbers(STEPS * BATCH, INPUTS));
  const weights = Array.from({ length: STEPS + 1 }, () =>
    tape.constant(BATCH, NEURONS, numbers(BATCH, NEURONS)),
  );
  let state = cell.begin(tape, STEPS);
  const outputs: Tensor[] = [];
  if (inOnePiece) {
    const read = cell.segment(tape, state, inputs);
    state = read.state;
    for (let t = 0; t < STEPS; t++) outputs.push(tape.rows(read.outputs, t * BATCH, BATCH));
  } else
    for (let t = 0; t < STEPS; t++) {
      const step = cell.step(tape, state, tape.rows(inputs, t * BATCH, BATCH));
      state = step.state;
      outputs.push(step.output);
    }
  const parts = [...outputs, state.c].map((y, t) => map(tape, weighted, [y, weights[t]!])[0]!);
  const add = defineMap(["a", "b"], { s: "a + b" });
  const loss = sum(
    tape,
    parts.reduce((a, b) => map(tape, add, [a, b])[0]!),
  );
  tape.backward(loss);
  const read = (tensor: { value: Tensor["value"] }) => Array.from(device.read(tensor.value));
  return [
    ...[...outputs, state.c, loss].map(read),
    ...[inputs.grad!, ...cell.parameters.map(({ grad }) => grad)].map((grad) =>
      Array.from(device.read(grad)),
    ),
  ];
}

it.each<[string, Partial<LstmOptions>]>([
  ["without plasticity", {}],
  ["plastic from its output", { rule: clippedHebb }],
  ["plastic from its input", { rule: clippedHebb, from: "input" }],
  ["plastic from both, paired with the step before", { rule: clippedHebb, from: "both", pre: "previous" }],
  ["modulated", { ...modulated, modulatorReads: "previous" }],
])("an LSTM %s reads a segment as it reads step after step, and learns the same from it", (_, options) => {
  const expected = lived(reference, options, false);
  for (const [device, digits] of [
    [reference, 10],
    [engine, 4],
  ] as const) {
    const got = lived(device, options, true);
    expect(got).toHaveLength(expected.length);
    for (const [k, numbers] of expected.entries()) {
      for (const [i, value] of numbers.entries()) expect(got[k]![i]).toBeCloseTo(value, digits);
    }
  }
});

it("an LSTM refuses a segment that is no whole number of steps, or of other inputs", () => {
  const tape = new Tape(reference, BATCH, false);
  const cell = new Lstm(reference, { inputs: INPUTS, neurons: NEURONS }, random(1, "w", 0));
  for (const [rows, cols] of [
    [7, INPUTS],
    [6, INPUTS + 1],
  ] as const) {
    expect(() => cell.segment(tape, cell.begin(tape), tape.filled(rows, cols, 0))).toThrow(
      `lstm.segment: inputs must be [steps * 3, 4], got [${rows}, ${cols}]`,
    );
  }
});
