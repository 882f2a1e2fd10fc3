import { afterAll, describe, expect, it } from "vitest";
import { startEngine } from "../../test/support/engine.js";
import { ReferenceDevice } from "../devices/reference/index.js";
import { Parameter, sum, Tape, type Tensor } from "../tape/index.js";
import { random } from "../tasks/index.js";
import { Dropout } from "./dropout.js";
import { startUniform } from "./uniform.js";

const engine = await startEngine(1);
afterAll(() => engine.dispose());

describe("dropout", () => {
  it("leaves out its share, and makes up for it with the others", () => {
    const device = new ReferenceDevice();
    const dropout = new Dropout(device, 100, 51, 0.25);
    dropout.draw(random(1, "dropout", 0));
    const tape = new Tape(device, 1);
    const numbers = [...device.read(dropout.apply(tape, tape.filled(100, 51, 3)).value)];
    expect(new Set(numbers)).toEqual(new Set([0, Math.fround(1 / 0.75) * 3]));
    expect(numbers.filter((x) => x === 0).length / 5100).toBeCloseTo(0.25, 1);
  });

  it("does nothing in evaluation, nor with a rate of 0", () => {
    const device = new ReferenceDevice();
    const evaluation = new Tape(device, 1, false);
    const x = evaluation.filled(2, 2, 1);
    expect(new Dropout(device, 2, 2, 0.5).apply(evaluation, x)).toBe(x);
    expect(new Dropout(device, 2, 2, 0).apply(new Tape(device, 1), x)).toBe(x);
  });

  it("draws the same mask for the same episode, and a captured episode takes the new one, forward and backward", () => {
    const x = new Parameter("x", engine, 4, 5, new Float32Array(20).fill(1));
    const dropout = new Dropout(engine, 4, 5, 0.5);
    dropout.draw(random(3, "dropout", 0));
    let y: Tensor | null = null;
    const captured = engine.capture(() => {
      const tape = new Tape(engine, 1);
      y = dropout.apply(tape, tape.param(x));
      tape.backward(sum(tape, y));
    });
    const [first, slope] = [engine.read(y!.value), engine.read(x.grad)];
    expect(slope).toEqual(first);
    dropout.draw(random(3, "dropout", 1));
    captured.repeat();
    expect(engine.read(y!.value)).not.toEqual(first);
    expect(engine.read(x.grad)).toEqual(engine.read(y!.value));
    dropout.draw(random(3, "dropout", 0));
    captured.repeat();
    expect(engine.read(y!.value)).toEqual(first);
    captured.release();
    dropout.release();
    x.release();
  });

  it("says what is wrong", () => {
    const device = new ReferenceDevice();
    expect(() => new Dropout(device, 1, 1, 1)).toThrow("rate must be at least 0 and below 1, got 1");
    const tape = new Tape(device, 1);
    expect(() => new Dropout(device, 4, 2, 0.5).apply(tape, tape.filled(2, 2, 1), 3)).toThrow(
      "x must be rows 3 on of [4, 2], got [2, 2]",
    );
  });
});

it("startUniform starts all parameters within a range, and evenly", () => {
  const device = new ReferenceDevice();
  const parameters = [new Parameter("w", device, 40, 50, null), new Parameter("b", device, 1, 50, null)];
  startUniform(parameters, 0.1, random(1, "weights", 0));
  const all = parameters.flatMap(({ value }) => [...device.read(value)]);
  expect(Math.max(...all)).toBeGreaterThan(0.095);
  expect(Math.max(...all.map(Math.abs))).toBeLessThanOrEqual(Math.fround(0.1));
  expect(all.reduce((sum, x) => sum + x * x, 0) / all.length).toBeCloseTo(0.01 / 3, 3);
  expect(() => startUniform(parameters, 0, random(1, "weights", 0))).toThrow(
    "must be a positive number, got 0",
  );
});
