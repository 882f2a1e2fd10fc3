import { expect, it } from "vitest";
import { ReferenceDevice } from "../devices/reference/index.js";
import { Tape } from "../tape/index.js";
import { random } from "../tasks/index.js";
import { FastWeightsRnn } from "./fastWeightsRnn.js";
import { irnn } from "./irnn.js";

const device = new ReferenceDevice();
const [inputs, neurons, steps] = [3, 4, 5];
const given = Array.from({ length: steps }, (_, t) =>
  Array.from(random(7, "given", t).fillNormal(new Float64Array(inputs), 1)),
);
const timesMatrix = (x: readonly number[], w: ArrayLike<number>, cols: number) =>
  Array.from({ length: cols }, (_, j) => x.reduce((sum, xi, i) => sum + xi * w[i * cols + j]!, 0));
const relu = (x: number) => Math.max(x, 0);

/** The outputs of a step each, of one episode. */
function outputsOf<State>(cell: {
  begin(tape: Tape): State;
  step(
    tape: Tape,
    state: State,
    x: ReturnType<Tape["constant"]>,
  ): { output: { value: unknown }; state: State };
}) {
  const tape = new Tape(device, 1);
  let state = cell.begin(tape);
  return given.map((x) => {
    const step = cell.step(tape, state, tape.constant(1, inputs, x));
    state = step.state;
    return Array.from(device.read(step.output.value as never));
  });
}

it("a network with fast weights stores its new state, and reads it in the next step's inner loop, normalised", () => {
  const [reads, lambda, eta] = [2, 0.95, 0.5];
  const cell = new FastWeightsRnn(device, { inputs, neurons, reads }, random(1, "weights", 0));
  for (const parameter of [cell.recurrent, cell.gain, cell.bias, ...cell.input.parameters]) {
    const [rows, cols] = parameter.shape;
    device.write(parameter.value, random(2, parameter.name, 0).fillNormal(new Float64Array(rows * cols), 1));
  }
  const of = (parameter: { value: unknown }) => device.read(parameter.value as never);
  const [w, gain, bias] = [of(cell.recurrent), of(cell.gain), of(cell.bias)];
  const [c, b] = [of(cell.input.weight), of(cell.input.bias)];

  const memory = new Float64Array(neurons * neurons);
  let y = Array<number>(neurons).fill(0);
  const expected = given.map((x) => {
    const [fromInput, kept] = [timesMatrix(x, c, neurons), timesMatrix(y, w, neurons)];
    const slow = fromInput.map((u, j) => u + b[j]! + kept[j]!);
    let h = slow.map(relu);
    for (let s = 0; s < reads; s++) {
      const z = timesMatrix(h, memory, neurons).map((recalled, j) => recalled + slow[j]!);
      const mean = z.reduce((sum, each) => sum + each) / neurons;
      const variance = z.reduce((sum, each) => sum + (each - mean) ** 2, 0) / neurons;
      h = z.map((each, j) => relu((gain[j]! * (each - mean)) / Math.sqrt(variance + 1e-5) + bias[j]!));
    }
    y = h;
    memory.forEach((a, k) => {
      memory[k] = lambda * a + eta * h[Math.floor(k / neurons)]! * h[k % neurons]!;
    });
    return h;
  });

  outputsOf(cell).forEach((output, t) => {
    output.forEach((each, j) => {
      // Parameters are float64 on this device, but for lambda and eta, which start as float32.
      expect(each, `step ${t}, neuron ${j}`).toBeCloseTo(expected[t]![j]!, 6);
    });
  });
});

it("a memory that is never read is refused", () => {
  expect(() => new FastWeightsRnn(device, { inputs, neurons, reads: 0 }, random(1, "weights", 0))).toThrow(
    /reads must be a whole number of at least 1, got 0/,
  );
});

it("a rectified network that starts as the identity keeps the sum of what it was given, if no part of it is negative", () => {
  const cell = irnn(device, { inputs, neurons }, random(1, "weights", 0));
  const u = cell.afferents.input!.parameter("w");
  device.write(
    u.value,
    Float64Array.from({ length: inputs * neurons }, (_, k) => k / 10),
  );
  const positive = given.map((x) => x.map(Math.abs));
  const tape = new Tape(device, 1);
  let state = cell.begin(tape);
  const sums = Array<number>(neurons).fill(0);
  for (const x of positive) {
    const step = cell.step(tape, state, tape.constant(1, inputs, x));
    state = step.state;
    timesMatrix(x, device.read(u.value), neurons).forEach((each, j) => {
      sums[j]! += each;
    });
    device.read(step.output.value).forEach((each, j) => {
      expect(each).toBeCloseTo(sums[j]!, 12);
    });
  }
});
