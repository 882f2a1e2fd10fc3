import { afterAll, describe, expect, it } from "vitest";
import type { Buffer, Device } from "../src/devices/device.js";
import { init } from "../src/devices/init.js";
import { PlasticRnn } from "../src/layers/index.js";
import { decayingHebb } from "../src/rules/index.js";
import { defineMap, map, matmul, sum, Tape } from "../src/tape/index.js";
import { random } from "../src/tasks/index.js";
import { live } from "../src/training/index.js";
import { startEngine } from "./support/engine.js";

const devices: Device[] = [await init({ device: "reference" }), await startEngine(1), await startEngine(2)];
afterAll(async () => {
  for (const device of devices) await device.dispose();
});

const squash = defineMap(["z"], { y: "tanh(z)" });

describe.each(
  devices.map((device) => [`${device.info.kind}, ${device.info.threads} threads`, device] as const),
)("a captured episode on %s", (_, device) => {
  /** x(t+1) = 2 y(t) + offset, y = tanh(x @ w): the host answers between the steps. */
  const steps = 7;
  const batch = 3;
  const size = 70;
  const weights = Float32Array.from({ length: size * size }, (_, i) => Math.sin(i) / 8);
  const expected = (start: number, offset: number): number[] => {
    let x = new Float64Array(size).fill(start);
    for (let t = 0; t < steps; t++) {
      const y = Float64Array.from({ length: size }, (_, j) =>
        Math.tanh(x.reduce((sum, each, i) => sum + each * weights[i * size + j]!, 0)),
      );
      x = y.map((each) => 2 * each + offset);
    }
    return [...x];
  };

  it("lets the host answer between two steps, in every repetition", () => {
    const w = device.allocate(size, size);
    device.write(w, weights);
    const inputs: Buffer = device.allocate((steps + 1) * batch, size);
    const heard = new Float32Array(batch * size);
    const calls: number[] = [];
    let offset = 0.25;
    const start = (value: number) =>
      device.write(device.view(inputs, 0, batch), new Float32Array(batch * size).fill(value));
    const work = () => {
      const tape = new Tape(device, batch, false);
      const x = tape.input(inputs);
      const weight = tape.input(w);
      for (let t = 0; t < steps; t++) {
        const [y] = map(tape, squash, [matmul(tape, tape.rows(x, t * batch, batch), weight)]);
        const next = device.view(inputs, (t + 1) * batch, batch);
        device.host(() => {
          calls.push(t);
          device.readInto(y!.value, heard);
          device.write(
            next,
            heard.map((each) => 2 * each + offset),
          );
        });
      }
    };
    const last = () => device.read(device.view(inputs, steps * batch, batch));
    const check = (value: number) => {
      const whole = expected(value, offset);
      const got = last();
      for (let b = 0; b < batch; b++) {
        for (let i = 0; i < size; i++) expect(got[b * size + i]).toBeCloseTo(whole[i]!, 4);
      }
    };

    start(0.5);
    const captured = device.capture(work);
    check(0.5);
    offset = -0.5;
    start(-0.125);
    captured.repeat();
    check(-0.125);
    captured.repeat();
    check(-0.125);
    expect(calls).toEqual(Array.from({ length: 3 * steps }, (_, i) => i % steps));
    captured.release();
    device.release(inputs);
    device.release(w);
  });

  it("goes on working where the episode itself reads what it has computed", () => {
    const kept = device.allocate(1, 1);
    const sums: number[] = [];
    const captured = device.capture(() => {
      const tape = new Tape(device, 1, false);
      const [y] = map(tape, squash, [tape.input(kept)]);
      sums.push(device.read(y!.value)[0]!);
      device.host(() => sums.push(-1));
    });
    device.write(kept, [1]);
    captured.repeat();
    expect(sums).toEqual([0, -1, expect.closeTo(Math.tanh(1), 6), -1]);
    captured.release();
    device.release(kept);
  });

  it.runIf(device.info.kind === "wasm")(
    "repeated at another rate of plasticity has the bits of one captured there, as after a stop",
    () => {
      const neurons = 130;
      const network = new PlasticRnn(device, { neurons, rule: decayingHebb }, random(0, "weights", 0));
      const inputs = random(1, "inputs", 0).fillNormal(new Float32Array(40 * neurons), 1);
      const named = (name: string) => network.parameters.find((each) => each.name === name)!;
      const work = () => {
        const tape = new Tape(device, 1);
        tape.backward(sum(tape, live(tape, network, inputs).outputs.at(-1)!));
      };
      const gradients = () => network.parameters.map(({ grad }) => device.read(grad));
      const at = (eta: number) => device.write(named("recurrent.eta").value, [eta]);
      // How far traces are walked back between two kept ones follows from the rate: 13, 6 and 27 steps.
      at(0.1);
      const captured = device.capture(work);
      for (const eta of [0.2, 0.05, 0.1]) {
        at(eta);
        captured.repeat();
        const repeated = gradients();
        device.capture(work).release();
        expect(gradients()).toEqual(repeated);
      }
      captured.release();
      for (const parameter of network.parameters) parameter.release();
    },
  );
});
