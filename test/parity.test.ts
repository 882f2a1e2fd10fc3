import { afterAll, beforeAll, describe, test } from "vitest";
import type { Device } from "../src/devices/device.js";
import { ReferenceDevice } from "../src/devices/reference/index.js";
import { deviceChecks } from "./deviceChecks.js";
import { episodeChecks, loadedTracesChecks } from "./episodeChecks.js";
import { startEngine } from "./support/engine.js";
import { runs } from "./support/runs.js";

describe.each([1, 2])("the engine on threads: %i computes what the reference device computes", (threads) => {
  const reference = new ReferenceDevice();
  let device: Device;
  beforeAll(async () => {
    device = await startEngine(threads);
  });
  afterAll(() => device.dispose());

  for (const { method, name, check } of deviceChecks) {
    test(`${method} ${name}`, () => check(reference, device, { numRuns: runs(30) }));
  }
  for (const { name, check } of loadedTracesChecks)
    test(name, () => check(reference, device, { numRuns: runs(6) }));
  for (const { name, check } of episodeChecks)
    test(name, () => check(reference, device, { numRuns: runs(9) }));
});
