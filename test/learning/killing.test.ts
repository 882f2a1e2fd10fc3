import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { random } from "../../src/tasks/index.js";
import { runAndKill, runToEnd } from "../support/killing.js";
import { transpiledCli } from "../support/transpiledCli.js";

const KILLS = 20;

const folder = mkdtempSync(join(tmpdir(), "hebbian-kill-"));
let cli: Awaited<ReturnType<typeof transpiledCli>>;
beforeAll(async () => {
  cli = await transpiledCli();
});
afterAll(() => {
  cli.remove();
  rmSync(folder, { recursive: true, force: true });
});

it(`a run killed ${KILLS} times at random moments leaves the same files as one never killed`, async () => {
  const command = ["train", "patterns", "--bits", "100", "--episodes", "3000", "--checkpoint-every", "20"];
  const [whole, killed] = [join(folder, "whole"), join(folder, "killed")];
  await runToEnd(cli.main, [...command, "--out", whole]);
  const rng = random(0, "kills", 0);
  let kills = 0;
  while (kills < KILLS) {
    if (await runAndKill(cli.main, command, killed, 600 * rng.uniform())) kills++;
    // It finished before its time: the remaining kills hit a run that starts anew.
    else rmSync(killed, { recursive: true });
  }
  await runToEnd(cli.main, ["train", "--resume", killed]);
  for (const file of ["metrics.jsonl", "model.safetensors", "result.json"]) {
    expect(readFileSync(join(killed, file)).equals(readFileSync(join(whole, file))), file).toBe(true);
  }
});
