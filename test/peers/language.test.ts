import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { Absent } from "../../bench/peer.js";
import { python } from "../../bench/peers.js";
import { ReferenceDevice } from "../../src/devices/reference/index.js";
import { startEngine } from "../support/engine.js";
import { farthest, type LanguageAnswers, languageProblem, solved } from "../support/languageProblem.js";

const program = (() => {
  try {
    return python();
  } catch (error) {
    if (!(error instanceof Absent)) throw error;
    console.log(`torch_language.py is not tried: ${error.message}`);
    return null;
  }
})();
const reference = new ReferenceDevice();
const engine = await startEngine(1);
afterAll(() => engine.dispose());

const script = join(import.meta.dirname, "../../bench/peers/torch_language.py");

describe.skipIf(!program).each(["plastic", "modulated"] as const)(
  "a %s language model in PyTorch, float64",
  (network) => {
    test("has our losses and gradients of two segments, with traces carried from one to the other", {
      timeout: 300_000,
    }, () => {
      const problem = languageProblem(reference, network);
      const { status, stdout, stderr } = spawnSync(program!, [script, "--check"], {
        input: JSON.stringify(problem),
        encoding: "utf8",
      });
      expect(status, stderr).toBe(0);
      const expected = JSON.parse(stdout) as LanguageAnswers;
      expect(farthest(solved(reference, problem), expected)).toBeLessThan(1e-9);
      expect(farthest(solved(engine, problem), expected)).toBeLessThan(2e-5);
    });
  },
);
