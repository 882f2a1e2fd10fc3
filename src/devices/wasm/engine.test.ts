import { describe, expect, test } from "vitest";
import { PlasticRnn } from "../../layers/index.js";
import { clippedHebb, decayingHebb } from "../../rules/index.js";
import { defineMap, map, sum, Tape } from "../../tape/index.js";
import { random } from "../../tasks/index.js";
import { live } from "../../training/index.js";
import { DeviceMemoryError } from "../device.js";
import { createWasmDevice } from "./index.js";

describe("expectRoom", () => {
  const need = { rule: clippedHebb, batch: 30, pre: 100, post: 100, steps: 200 };

  test("accepts what fits, and takes no memory for it", async () => {
    const device = await createWasmDevice({ threads: 1 });
    const before = device.peakBytes;
    device.expectRoom(need);
    expect(device.peakBytes).toBe(before);
    await device.dispose();
  });

  test("refuses what does not fit, with what it would need and what to change", async () => {
    const device = await createWasmDevice({ threads: 1, memoryLimit: 32 * 1024 * 1024 });
    const before = device.peakBytes;
    expect(() => device.expectRoom(need)).toThrow(DeviceMemoryError);
    expect(() => device.expectRoom(need)).toThrow(
      /training 100 x 100 plastic connections over 200 steps, batch 30, needs \d+ MB .* limit is 34 MB; use a smaller batch/,
    );
    expect(device.peakBytes).toBe(before);
    await device.dispose();
  });

  test("asks for at least what training then takes", async () => {
    const device = await createWasmDevice({ threads: 1 });
    const before = device.peakBytes;
    device.beginEpisode(need.batch);
    const allocate = () => device.allocate(100, 100);
    const params = { w: allocate(), alpha: allocate(), eta: device.allocate(1, 1) };
    const traces = device.traces({ ...need, params, differentiable: true });
    const vector = () => device.scratch(30, 100);
    for (let t = 0; t < need.steps; t++) {
      const [x, out] = [vector(), vector()];
      device.fill([x], 0.1);
      traces.forward({ read: { x, out }, ...(t > 0 && { update: { pre: x, post: x } }) });
    }
    device.read(params.eta);
    const taken = device.peakBytes - before;
    const tight = await createWasmDevice({ threads: 1, memoryLimit: before + taken });
    expect(() => tight.expectRoom(need)).toThrow(DeviceMemoryError);
    await Promise.all([device.dispose(), tight.dispose()]);
  });
});

test("a worker that is late never takes the next program for a part of the last one", async () => {
  const device = await createWasmDevice({ threads: 2 });
  const [rows, cols] = [40, 512]; // Just enough work to be shared.
  const fresh = () => device.allocate(rows, cols);
  const [one, sum, copy] = [fresh(), fresh(), fresh()];
  const add = { inputs: ["x"], outputs: [{ kind: "name", name: "x" } as const] };
  const verdict = device.allocate(1, 1);
  device.fill([one], 1);
  const runs = 3000;
  for (let k = 0; k < runs; k++) {
    // Programs of one and of several stages in turn: where one ends, the next has a stage to run.
    device.map(add, [one], [sum], true);
    if (k % 2 === 0) for (let more = 0; more < 3; more++) device.copy(sum, copy);
    device.read(verdict);
  }
  expect(new Set(device.read(sum))).toEqual(new Set([runs]));
  await device.dispose();
}, 30_000);

/** Parameters after an episode of one lifetime, large enough that two threads share its rows, and their gradients. */
async function lived(threads: number, neurons: number, steps: number) {
  const device = await createWasmDevice({ threads });
  const network = new PlasticRnn(device, { neurons, rule: decayingHebb }, random(0, "weights", 0));
  const draw = random(0, "inputs", 0);
  const inputs = Float32Array.from({ length: steps * neurons }, () => draw.uniform() - 0.5);
  const tape = new Tape(device, 1);
  const { outputs } = live(tape, network, inputs);
  tape.backward(sum(tape, map(tape, defineMap(["y"], { e: "y * y" }), [outputs.at(-1)!])[0]!));
  const read = network.parameters.map(
    ({ name, value, grad }) => [name, device.read(value), device.read(grad)] as const,
  );
  await device.dispose();
  return read;
}

test.each([200, 203])(
  "two threads that share an episode of %i neurons find the gradients of one",
  async (neurons) => {
    const [alone, together] = await Promise.all([lived(1, neurons, 20), lived(2, neurons, 20)]);
    alone.forEach(([name, value, grad], k) => {
      const [, sameValue, other] = together[k]!;
      // Nothing but gradients is written to.
      expect(sameValue, name).toEqual(value);
      const largest = Math.max(...grad.map(Math.abs));
      const apart = Math.max(...grad.map((g, i) => Math.abs(g - other[i]!)));
      expect(apart / largest, name).toBeLessThan(2e-5);
    });
  },
);
