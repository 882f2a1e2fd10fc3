import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Absent } from "../../bench/peer.js";
import { python } from "../../bench/peers.js";
import { ReferenceDevice } from "../../src/devices/reference/index.js";
import { loadModel } from "../../src/lifetime/index.js";
import { defineMap, map, sum, Tape, type Tensor } from "../../src/tape/index.js";
import { random } from "../../src/tasks/index.js";
import { type Builder, modelFileOf, networks } from "../support/networks.js";

const root = join(import.meta.dirname, "../..");
const reference = new ReferenceDevice();
const TOLERANCE = 1e-5;
/** Some of these networks are chaotic: rounding of weights to float32 grows from step to step. */
const STEPS = 6;

type Inputs = Readonly<Record<string, readonly number[]>>;
interface Case {
  readonly file: Uint8Array;
  readonly steps: readonly Inputs[];
  /** Whether gradients are wanted. */
  readonly back: boolean;
}
interface Result {
  readonly answers: readonly (readonly number[])[];
  readonly gradients: Readonly<Record<string, readonly number[]>>;
}

const folder = mkdtempSync(join(tmpdir(), "hebbian-torch-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Why there is no PyTorch here, if so. */
const absent = (() => {
  try {
    python();
    return null;
  } catch (error) {
    if (error instanceof Absent) return error.message;
    throw error;
  }
})();
if (absent !== null) console.warn(`the reader for PyTorch is not tested: ${absent}`);

/** Lets networks live in PyTorch, all in one process: to start it takes seconds. */
function inTorch(cases: readonly Case[]): Result[] {
  const asked = cases.map(({ file, steps, back }, k) => {
    const model = join(folder, `${k}.safetensors`);
    writeFileSync(model, file);
    return { model, steps, back };
  });
  const input = JSON.stringify({ reader: join(root, "examples/python"), cases: asked });
  const script = join(import.meta.dirname, "compareTorch.py");
  return JSON.parse(execFileSync(python(), [script], { input, maxBuffer: 1 << 30 }).toString());
}

/** What a network is given: its programs in turn, numbers by chance, some of them 0. */
function inputsOf(build: Builder): Inputs[] {
  const { network, parameters } = build(reference);
  for (const parameter of parameters) parameter.release();
  const rng = random(12, "inputs", 0);
  return Array.from({ length: STEPS }, (_, t) =>
    Object.fromEntries(
      network.steps[t % network.steps.length]!.given.map((name) => {
        const { size } = network.inputs.find((input) => input.name === name)!;
        const numbers = Array.from({ length: size }, (_, i) => (i % 4 === 3 ? 0 : Math.fround(rng.normal())));
        return [name, name === "label" ? numbers.map((_, i) => Number(i === t % size)) : numbers];
      }),
    ),
  );
}

const weighted = defineMap(["total", "y", "counts"], { all: "total + y * counts" });

/** The same in float64 by the tape: answers, and gradients of the sum of all of them. */
function byTape(build: Builder, steps: readonly Inputs[]): Result {
  const { network, parameters } = build(reference);
  const tape = new Tape(reference, 1);
  let state = network.begin(tape);
  let total: Tensor | null = null;
  const outputs = steps.map((inputs, t) => {
    const { given, step } = network.steps[t % network.steps.length]!;
    const tensors = given.map((name) => {
      const { tail } = network.inputs.find((input) => input.name === name)!;
      const all = [...inputs[name]!, ...tail];
      return tape.constant(1, all.length, all);
    });
    const { output, state: next } = step(tape, state, tensors);
    state = next;
    const size = output.value.cols;
    const counts = tape.constant(
      1,
      size,
      Array.from({ length: size }, (_, i) => Number(i < network.answers)),
    );
    [total] = map(tape, weighted, [total ?? tape.filled(1, size, 0), output, counts]) as [Tensor];
    return output;
  });
  tape.backward(sum(tape, total!));
  const result = {
    answers: outputs.map(({ value }) => [...reference.read(value)].slice(0, network.answers)),
    gradients: Object.fromEntries(
      parameters.filter(({ trained }) => trained).map(({ name, grad }) => [name, [...reference.read(grad)]]),
    ),
  };
  for (const parameter of parameters) parameter.release();
  return result;
}

/** Largest difference, relative to the largest number, or to 1. */
function errorOf(ours: readonly number[], theirs: readonly number[]): number {
  expect(theirs).toHaveLength(ours.length);
  const size = Math.max(1, ...ours.map(Math.abs));
  return Math.max(0, ...ours.map((value, i) => Math.abs(value - theirs[i]!))) / size;
}

describe.skipIf(absent !== null)("a model file in PyTorch", () => {
  const names = Object.keys(networks);
  const steps = new Map(names.map((name) => [name, inputsOf(networks[name]!)]));
  let results: Map<string, Result>;
  beforeAll(() => {
    const cases = names.map((name) => ({
      file: modelFileOf(networks[name]!, reference),
      steps: steps.get(name)!,
      back: true,
    }));
    const made = inTorch(cases);
    results = new Map(names.map((name, k) => [name, made[k]!]));
  });

  test.each(names)("answers as ours, and has its gradients: %s", (name) => {
    const ours = byTape(networks[name]!, steps.get(name)!);
    const theirs = results.get(name)!;
    expect(errorOf(ours.answers.flat(), theirs.answers.flat())).toBeLessThan(TOLERANCE);
    expect(Object.keys(ours.gradients).length).toBeGreaterThan(0);
    for (const [parameter, gradient] of Object.entries(ours.gradients)) {
      // PyTorch has no gradient of what no answer depends on.
      const other = theirs.gradients[parameter] ?? gradient.map(() => 0);
      expect(errorOf(gradient, other), parameter).toBeLessThan(TOLERANCE);
    }
  });

  test("answers as a life does, in all precisions, convolutions among them", async () => {
    const build = networks["plastic agent"]!;
    const models = ["images", "maze-9", "omniglot"].map((name) =>
      readFileSync(join(root, `models/${name}.safetensors`)),
    );
    const small = (["float16", "int8"] as const).map((precision) => modelFileOf(build, reference, precision));
    const cases = await Promise.all(
      [...models, ...small].map(async (file) => {
        const { inputs } = await loadModel(file);
        const rng = random(13, "inputs", 0);
        const given = () =>
          Object.fromEntries(
            inputs.map(({ name, size }, i) => [
              name,
              Array.from({ length: size }, () => (i === 1 ? 0.2 : Math.fround(rng.normal() / 2))),
            ]),
          );
        const [first, second] = [given(), given()];
        const { label: _, ...asked } = second as Record<string, number[]>;
        return { file, steps: [first, asked], back: false };
      }),
    );
    const results = inTorch(cases);
    for (const [k, { file, steps }] of cases.entries()) {
      const life = (await loadModel(file)).begin();
      steps.forEach((inputs, t) => {
        const floats = Object.fromEntries(
          Object.entries(inputs).map(([name, numbers]) => [name, Float32Array.from(numbers)]),
        );
        expect(errorOf([...life.step(floats)], results[k]!.answers[t]!), `case ${k}`).toBeLessThan(TOLERANCE);
      });
    }
  });
});
