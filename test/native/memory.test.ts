import { freemem } from "node:os";
import { expect, test } from "vitest";
import { createNativeDevice } from "../../src/devices/native/index.js";
import { PlasticRnn } from "../../src/layers/index.js";
import { decayingHebb } from "../../src/rules/index.js";
import { defineMap, map, sum, Tape } from "../../src/tape/index.js";
import { random } from "../../src/tasks/index.js";
import { live } from "../../src/training/index.js";
import { compilerHere, testCache } from "../support/nativeHere.js";

const gibibyte = 2 ** 30;
const squared = defineMap(["y"], { e: "y * y" });
const [neurons, steps] = [1600, 3];

/** Gradients of so many episodes, all alike; and the bytes that they took. */
async function trained(batch: number) {
  const device = await createNativeDevice({ env: testCache() });
  const network = new PlasticRnn(device, { neurons, rule: decayingHebb }, random(0, "weights", 0));
  const draw = random(0, "inputs", 0);
  const step = () => Array.from({ length: neurons }, () => draw.uniform() - 0.5);
  const inputs = Array.from({ length: steps }, step).flatMap((row) =>
    Array<number[]>(batch).fill(row).flat(),
  );
  const tape = new Tape(device, batch);
  const { outputs } = live(tape, network, Float32Array.from(inputs));
  tape.backward(sum(tape, map(tape, squared, [outputs.at(-1)!])[0]!));
  const gradients = network.parameters.map(({ grad }) => device.read(grad));
  const { peakBytes } = device;
  await device.dispose();
  return { gradients, peakBytes };
}

test.skipIf(!compilerHere || freemem() < 12 * gibibyte)(
  "an episode of more than 6 GiB of traces has the gradients of a small one, as often as it is in it",
  async () => {
    const batch = 215;
    const [large, small] = [await trained(batch), await trained(1)];
    expect(large.peakBytes).toBeGreaterThan(6 * gibibyte);
    large.gradients.forEach((gradient, k) => {
      const expected = small.gradients[k]!;
      let [apart, largest] = [0, 0];
      expected.forEach((g, i) => {
        apart = Math.max(apart, Math.abs(gradient[i]! / batch - g));
        largest = Math.max(largest, Math.abs(g));
      });
      expect(apart / largest).toBeLessThan(2e-5);
    });
  },
  300_000,
);
