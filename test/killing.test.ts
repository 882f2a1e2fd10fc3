import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runAndKill, runToEnd } from "./support/killing.js";
import { TINY } from "./support/terminal.js";
import { transpiledCli } from "./support/transpiledCli.js";

const folder = mkdtempSync(join(tmpdir(), "hebbian-kill-"));
let cli: Awaited<ReturnType<typeof transpiledCli>>;
beforeAll(async () => {
  cli = await transpiledCli();
});
afterAll(() => {
  cli.remove();
  rmSync(folder, { recursive: true, force: true });
});

it("a run killed twice with SIGKILL and resumed leaves the same metrics and model as one never killed", async () => {
  const command = ["train", "patterns", ...TINY, "--episodes", "600", "--checkpoint-every", "20"];
  const [whole, killed] = [join(folder, "whole"), join(folder, "killed")];
  await runToEnd(cli.main, [...command, "--out", whole]);
  for (const delay of [150, 300]) expect(await runAndKill(cli.main, command, killed, delay)).toBe(true);
  await runToEnd(cli.main, ["train", "--resume", killed]);
  for (const file of ["metrics.jsonl", "model.safetensors", "result.json"]) {
    expect(readFileSync(join(killed, file)).equals(readFileSync(join(whole, file))), file).toBe(true);
  }
}, 60_000);
