import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { init } from "../src/devices/init.js";
import { type Life, loadModel } from "../src/lifetime/index.js";
import { random } from "../src/tasks/index.js";
import { modelFileOf, networks } from "./support/networks.js";
import { recordedKernels } from "./support/recordedKernels.js";

/*
 * What must stay as it is, bit for bit, however the code that makes it is put together. A change that is meant is recorded
 * anew with `npx vitest run --project unit -u test/recorded.test.ts`, and its commit says why.
 */
const reference = await init({ device: "reference" });
afterAll(() => reference.dispose());

const hashOf = (parts: readonly Uint8Array[]): string => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex").slice(0, 16);
};
const asFile = (hashes: Readonly<Record<string, string>>): string => `${JSON.stringify(hashes, null, 2)}\n`;

it("kernels have the instructions that they had", async () => {
  const hashes: Record<string, string> = {};
  for (const [name, modules] of recordedKernels()) hashes[name] = hashOf(modules);
  await expect(asFile(hashes)).toMatchFileSnapshot("recorded/kernels.json");
});

const bytesOf = (numbers: Float32Array) =>
  new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);

/** Answers, vectors and traces of a life of so many steps, in every mode that there is. */
async function lived(file: Uint8Array, steps: number): Promise<string> {
  const model = await loadModel(file);
  const rng = random(5, "inputs", 0);
  const parts: Uint8Array[] = [];
  const live = (life: Life) => {
    for (let t = 0; t < steps; t++) {
      const input = Object.fromEntries(
        model.inputs.map(({ name, size }) => [
          name,
          Float32Array.from({ length: size * life.batch }, () => rng.normal() / 2),
        ]),
      );
      if (t === steps - 2) life.freeze();
      parts.push(bytesOf(life.step(input)));
    }
    for (let b = 0; b < life.batch; b++) {
      for (const value of model.values) parts.push(bytesOf(life.value(value, b)));
      for (const { name, traces } of model.connections) {
        parts.push(bytesOf(life.effective(name, b).values));
        for (const trace of traces) parts.push(bytesOf(life.trace(name, trace, b).values));
      }
    }
    life.end();
  };
  live(model.begin());
  live(model.begin({ batch: 2, halfLife: 7 }));
  return hashOf(parts);
}

it("lives have the answers and traces that they had", async () => {
  const hashes: Record<string, string> = {};
  for (const [name, build] of Object.entries(networks))
    hashes[name] = await lived(modelFileOf(build, reference), 8);
  const folder = join(import.meta.dirname, "../models");
  for (const file of readdirSync(folder).filter((each) => each.endsWith(".safetensors")))
    hashes[file] = await lived(readFileSync(join(folder, file)), 6);
  await expect(asFile(hashes)).toMatchFileSnapshot("recorded/lives.json");
});
