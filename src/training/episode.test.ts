import { describe, expect, it } from "vitest";
import { ReferenceDevice } from "../devices/reference/index.js";
import { plainRnn } from "../layers/index.js";
import { Tape } from "../tape/index.js";
import { random } from "../tasks/index.js";
import { firstNonFiniteStep, live } from "./episode.js";

const setup = (batch: number) => {
  const device = new ReferenceDevice();
  const cell = plainRnn(device, { neurons: 3, std: 1 }, random(0, "weights", 0));
  return { device, cell, tape: new Tape(device, batch, false) };
};

describe("live", () => {
  it("hands step t the rows t * batch to (t + 1) * batch, and carries the state on", () => {
    const { device, cell, tape } = setup(2);
    const inputs = Float32Array.from({ length: 4 * 2 * 3 }, (_, i) => Math.sin(i));
    const { outputs } = live(tape, cell, inputs);
    expect(outputs).toHaveLength(4);

    const w = device.read(cell.connection.parameter("w").value);
    let y = [new Float64Array(3), new Float64Array(3)];
    for (let t = 0; t < 4; t++) {
      y = y.map((before, b) =>
        before.map((_, j) => {
          let z = inputs[(t * 2 + b) * 3 + j]!;
          for (let i = 0; i < 3; i++) z += before[i]! * w[i * 3 + j]!;
          return Math.tanh(z);
        }),
      );
      const got = device.read(outputs[t]!.value);
      for (const [i, value] of y.flatMap((row) => [...row]).entries()) expect(got[i]).toBeCloseTo(value, 12);
    }
  });

  it("refuses inputs that are no whole number of steps", () => {
    const { cell, tape } = setup(2);
    expect(() => live(tape, cell, new Float32Array(9))).toThrow(/steps x 2 x 3 numbers .*, got 9/);
    expect(() => live(tape, cell, new Float32Array(0))).toThrow(RangeError);
  });

  it("lets the first step be found whose output is not finite", () => {
    const { cell, tape } = setup(1);
    const inputs = new Float32Array(4 * 3);
    expect(firstNonFiniteStep(tape, live(tape, cell, inputs).outputs)).toBeNull();
    inputs[2 * 3 + 1] = Number.NaN;
    expect(firstNonFiniteStep(tape, live(tape, cell, inputs).outputs)).toBe(2);
  });
});
