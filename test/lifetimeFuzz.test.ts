import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import { init } from "../src/devices/init.js";
import { loadModel, ModelError } from "../src/lifetime/index.js";
import { readSafetensors, writeSafetensors } from "../src/training/index.js";
import { modelFileOf, networks } from "./support/networks.js";
import { runs } from "./support/runs.js";

const reference = await init({ device: "reference" });
afterAll(() => reference.dispose());

const files = Object.values(networks).map((build) => readSafetensors(modelFileOf(build, reference)));

/** Words that mean something somewhere in a description, in any other place. */
const words = files.flatMap(({ metadata }) =>
  metadata.architecture!.match(/"[^"]+"/g)!.map((word) => word.slice(1, -1)),
);

it("a description with any words and numbers in the wrong places is refused, or lives without harm", async () => {
  const swaps = fc.array(fc.tuple(fc.nat(), fc.oneof(fc.nat(), fc.constantFrom(...words))), {
    minLength: 1,
    maxLength: 2,
  });
  let lived = 0;
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...files), swaps, async ({ tensors, metadata }, all) => {
      const original = metadata.architecture!;
      let architecture = original;
      for (const [place, word] of all) {
        // A word for a word, a number for a number: the form stays, and the meaning goes.
        const pattern = typeof word === "number" ? /(?<=[:,[])\d+(?=[,}\]])/g : /(?<=")[^"]+(?=")/g;
        const found = [...architecture.matchAll(pattern)];
        const match = found[place % found.length]!;
        const put = typeof word === "number" ? String(word % 20) : word;
        architecture =
          architecture.slice(0, match.index) + put + architecture.slice(match.index + match[0].length);
      }
      const file = writeSafetensors(Object.fromEntries(tensors), { ...metadata, architecture });
      try {
        const model = await loadModel(file);
        const life = model.begin();
        const input = Object.fromEntries(
          model.inputs.map(({ name, size }) => [name, new Float32Array(size).fill(0.5)]),
        );
        life.step(input);
        life.step(input);
        expect(
          model
            .resume(life.snapshot())
            .diff(life)
            .every(({ differing }) => differing === 0),
        ).toBe(true);
        lived++;
      } catch (error) {
        if (error instanceof ModelError) return;
        // Inputs that are not taken together, or a network that runs away.
        expect(String(error)).toMatch(/step: the (model takes|.* is not finite)/);
      }
    }),
    { numRuns: runs(300) },
  );
  expect(lived).toBeGreaterThan(0);
});
