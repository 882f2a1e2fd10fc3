import { describe, expect, it } from "vitest";
import type { Device } from "../src/devices/device.js";
import { init } from "../src/devices/init.js";
import { PlasticRnn } from "../src/layers/index.js";
import { clippedHebb } from "../src/rules/index.js";
import { defineMap, map, sum, Tape } from "../src/tape/index.js";
import { random } from "../src/tasks/index.js";
import { Adam, live } from "../src/training/index.js";

const squares = defineMap(["y"], { e: "y * y" });

/** One episode, through everything that training uses. */
function episode(device: Device, network: PlasticRnn) {
  const tape = new Tape(device, 1);
  const { outputs } = live(tape, network, [1, -1, 0.5, 1, 1, 0]);
  return { tape, loss: sum(tape, map(tape, squares, [outputs.at(-1)!])[0]!) };
}

describe.each(["wasm", "reference"] as const)("a disposed device (%s)", (kind) => {
  it("throws from each of its methods, and says what to do", async () => {
    const device = await init({ device: kind, threads: 1 });
    const methods = Object.getOwnPropertyNames(Object.getPrototypeOf(device)).filter(
      (name) => name !== "constructor" && name !== "dispose" && name !== "peakBytes",
    );
    const buffer = device.allocate(1, 1);
    await device.dispose();
    expect(methods).toEqual(expect.arrayContaining(["allocate", "map", "read", "adam", "traces", "capture"]));
    for (const method of methods) {
      const call = () => (device as unknown as Record<string, (of: unknown) => void>)[method]!(buffer);
      expect(call, method).toThrow(`${method}: this device was disposed; start another with init()`);
    }
    expect(device.info.kind).toBe(kind);
    await device.dispose();
  });

  it("ends training: no tape, no optimizer, no trace and no captured episode goes on silently", async () => {
    const device = await init({ device: kind, threads: 1 });
    const network = new PlasticRnn(device, { neurons: 3, rule: clippedHebb }, random(0, "weights", 0));
    const adam = new Adam(device, network.parameters, { lr: 1e-3 });
    const { tape, loss } = episode(device, network);
    const params = Object.fromEntries(
      Object.entries(clippedHebb.params).map(([name, { per }]) => [
        name,
        per === "layer" ? device.allocate(1, 1) : device.allocate(3, 3),
      ]),
    );
    const traces = device.traces({
      rule: clippedHebb,
      batch: 1,
      pre: 3,
      post: 3,
      differentiable: false,
      params,
    });
    const x = device.allocate(1, 3);
    const captured = device.capture(() => device.fill([x], 1));
    await device.dispose();
    expect(() => tape.backward(loss)).toThrow("this device was disposed");
    expect(() => adam.step()).toThrow("this device was disposed");
    expect(() => episode(device, network)).toThrow("this device was disposed");
    expect(() => traces.forward({ update: { pre: x, post: x } })).toThrow("this device was disposed");
    expect(() => captured.repeat()).toThrow("this device was disposed");
  });
});
