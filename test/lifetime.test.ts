import { afterAll, describe, expect, it } from "vitest";
import { init } from "../src/devices/init.js";
import { type Life, loadModel } from "../src/lifetime/index.js";
import { Tape, type Tensor, type TraceState, traceValue } from "../src/tape/index.js";
import { random } from "../src/tasks/index.js";
import { type Built, modelFileOf, networks } from "./support/networks.js";

const reference = await init({ device: "reference" });
afterAll(() => reference.dispose());

/** Short: the modulated networks among these are chaotic, and float32's rounding grows tenfold in a dozen steps. */
const STEPS = 20;

/** What every step of an episode is given: programs in turn, numbers by chance, zeros among them. */
function episodeOf({ network }: Built): { step: number; inputs: Record<string, Float32Array> }[] {
  const rng = random(11, "inputs", 0);
  const sizes = new Map(network.inputs.map(({ name, size }) => [name, size]));
  return Array.from({ length: STEPS }, (_, t) => {
    const step = t % network.steps.length;
    const inputs = network.steps[step]!.given.map((name) => {
      const values = Float32Array.from({ length: sizes.get(name)! }, () => (t % 5 === 4 ? 0 : rng.normal()));
      return [name, name === "label" ? oneHot(values.length, t) : values] as const;
    });
    return { step, inputs: Object.fromEntries(inputs) };
  });
}

const oneHot = (size: number, t: number) => new Float32Array(size).fill(1, t % size, (t % size) + 1);

/** The traces within a state of any form. */
function tracesIn(value: unknown): TraceState[] {
  if (typeof value !== "object" || value === null) return [];
  if ("history" in value) return [value as TraceState];
  return "value" in value ? [] : Object.values(value).flatMap(tracesIn);
}

const bits = (numbers: Float32Array) => Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
const stepBare = (life: Life, inputs: Record<string, Float32Array>) => bits(life.step(inputs));

describe.each(Object.keys(networks))("%s", (name) => {
  const build = networks[name]!;
  const file = modelFileOf(build, reference);

  it("lives as the training engine lets it live: answers, modulator and traces", async () => {
    const built = build(reference);
    const { network } = built;
    const tape = new Tape(reference, 1, false);
    const model = await loadModel(file);
    const life = model.begin();
    let state = network.begin(tape);
    for (const { step, inputs } of episodeOf(built)) {
      const { given, step: take } = network.steps[step]!;
      const tensors = given.map((name): Tensor => {
        const { tail } = network.inputs.find((input) => input.name === name)!;
        const all = [...inputs[name]!, ...tail];
        return tape.constant(1, all.length, all);
      });
      const expected = take(tape, state, tensors);
      state = expected.state;
      const answer = life.step(inputs);
      expect(answer).toHaveLength(model.outputs);
      expectNear(answer, reference.read(expected.output.value));
      if (expected.modulator) expectNear(life.value("modulator"), reference.read(expected.modulator.value));
    }
    const learned = tracesIn(state).flatMap((traces) => {
      let now = traces;
      const { rule } = traces.history;
      return [...rule.traces, ...Object.keys(rule.neuronTraces)].map((trace) => {
        const read = traceValue(now, trace);
        now = read.traces;
        return reference.read(read.value.value);
      });
    });
    const ours = model.connections.flatMap((connection) =>
      connection.traces.map((trace) => life.trace(connection.name, trace).values),
    );
    expect(ours).toHaveLength(learned.length);
    for (const [k, trace] of ours.entries()) expectNear(trace, learned[k]!);
    for (const parameter of built.parameters) parameter.release();
  });

  it("lives in a batch bit for bit as it would alone", async () => {
    const built = build(reference);
    const model = await loadModel(file);
    const together = model.begin({ batch: 3 });
    const alone = [model.begin(), model.begin(), model.begin()];
    for (const { inputs } of episodeOf(built)) {
      const three = Object.entries(inputs).map(([key, values]) => {
        const scaled = [0, 1, 2].flatMap((b) => Array.from(values, (value) => value * (b - 1)));
        return [key, Float32Array.from(scaled)] as const;
      });
      const answer = together.step(Object.fromEntries(three));
      alone.forEach((life, b) => {
        const own = three.map(([key, values]) => {
          const size = values.length / 3;
          return [key, values.subarray(b * size, (b + 1) * size)] as const;
        });
        const expected = stepBare(life, Object.fromEntries(own));
        const got = bits(answer.subarray(b * model.outputs, (b + 1) * model.outputs));
        expect(got.equals(expected)).toBe(true);
      });
    }
    for (const parameter of built.parameters) parameter.release();
  });
});

/** Float32 against float64: some ulps of the largest. */
function expectNear(got: Float32Array, expected: ArrayLike<number>): void {
  const scale = Math.max(1, ...Array.from(expected, Math.abs));
  Array.from(got).forEach((value, k) => {
    expect(Math.abs(value - expected[k]!), `number ${k}`).toBeLessThan(1e-5 * scale);
  });
}
