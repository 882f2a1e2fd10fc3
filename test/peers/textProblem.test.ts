import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { textTrainer } from "../../bench/oursText.js";
import { Absent, type PeerCommand } from "../../bench/peer.js";
import { peerFor } from "../../bench/peers.js";
import { readFloats, readProblem, writeProblem } from "../../bench/problem.js";
import { type TextKind, textProblem } from "../../bench/textProblem.js";
import { ReferenceDevice } from "../../src/devices/reference/index.js";
import { random } from "../../src/tasks/random.js";

/** float32 over some dozen steps, to the largest of a parameter's gradients. */
const TOLERANCE = 1e-4;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "hebbian-text-problem-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const peer = ((): PeerCommand | null => {
  try {
    return peerFor("torch-eager", "text-lstm");
  } catch (error) {
    if (!(error instanceof Absent)) throw error;
    console.warn(`not tested: torch-eager: ${error.message}`);
    return null;
  }
})();

/** Large weights, and a norm that clips. */
const problemOf = (kind: TextKind) =>
  textProblem(
    kind,
    { words: 9, embedding: 3, neurons: 4, batch: 2, steps: 5 },
    { lr: 0.5, clipNorm: 0.7, weightDecay: 0.01 },
    0.8,
    random(11, kind, 0),
  );

describe.each(["text-lstm", "text-modulated"] as const)("a language model of kind %s", (kind) => {
  const problem = problemOf(kind);

  test("comes back from its files as it was written", () => {
    const directory = mkdtempSync(join(folder, "problem-"));
    writeProblem(problem, directory);
    expect(readProblem(directory)).toEqual(problem);
  });

  test.skipIf(!peer)(
    "has PyTorch's gradients, and is trained as torch.optim.SGD does from segment to segment",
    async () => {
      const [directory, answers] = [
        mkdtempSync(join(folder, "problem-")),
        mkdtempSync(join(folder, "answers-")),
      ];
      writeProblem(problem, directory);
      const [program, ...first] = peer!.command as [string, ...string[]];
      const { status, stdout, stderr } = spawnSync(
        program,
        [...first, "--problem", directory, "--threads", "1", "--check", answers],
        { encoding: "utf8" },
      );
      expect(status, stderr).toBe(0);
      const theirs = JSON.parse(stdout) as { loss: number; trained: number };
      const ours = textTrainer(new ReferenceDevice(), problem, kind);
      const { loss, gradients } = await ours.gradients();
      expect(loss / theirs.loss).toBeCloseTo(1, 5);
      expect(Object.keys(gradients).sort()).toEqual(Object.keys(problem.params).sort());
      for (const [name, expected] of Object.entries(gradients)) {
        const given = readFloats(join(answers, `${name}.f32`));
        const largest = Math.max(...Array.from(expected, Math.abs));
        const worst = Math.max(...Array.from(expected, (each, i) => Math.abs(each - given[i]!)));
        expect(largest, name).toBeGreaterThan(0);
        expect(worst / largest, name).toBeLessThan(TOLERANCE);
      }
      await ours.train(2);
      const { loss: trained } = await ours.gradients();
      expect(trained / theirs.trained).toBeCloseTo(1, 5);
    },
  );
});
