import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runAndKill, runToEnd } from "../support/killing.js";
import { compilerHere } from "../support/nativeHere.js";
import { TINY } from "../support/terminal.js";
import { transpiledCli } from "../support/transpiledCli.js";

const folder = mkdtempSync(join(tmpdir(), "hebbian-native-"));
let cli: Awaited<ReturnType<typeof transpiledCli>>;
beforeAll(async () => {
  cli = await transpiledCli();
});
afterAll(() => {
  cli.remove();
  rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(!compilerHere)("a run with --device native", () => {
  const command = [
    "train",
    "patterns",
    ...TINY,
    "--episodes",
    "600",
    "--checkpoint-every",
    "20",
    "--device",
    "native",
  ];
  const whole = join(folder, "whole");

  test("that is killed twice and resumed leaves the same metrics and model as one never killed", async () => {
    await runToEnd(cli.main, [...command, "--out", whole]);
    const killed = join(folder, "killed");
    for (const delay of [150, 300]) expect(await runAndKill(cli.main, command, killed, delay)).toBe(true);
    await runToEnd(cli.main, ["train", "--resume", killed]);
    for (const file of ["metrics.jsonl", "model.safetensors"]) {
      expect(readFileSync(join(killed, file)).equals(readFileSync(join(whole, file))), file).toBe(true);
    }
  });

  test("does not go on where there is no compiler", async () => {
    const { CC } = process.env;
    process.env.CC = "/nowhere/cc";
    try {
      const resumed = runToEnd(cli.main, ["train", "--resume", whole, "--episodes", "700"]);
      await expect(resumed).rejects.toThrow(
        /exit code 2: .*CC names cannot be used: \/nowhere\/cc: not there/s,
      );
    } finally {
      if (CC === undefined) delete process.env.CC;
      else process.env.CC = CC;
    }
  });

  test("remembers its device, as a run of WebAssembly's does", async () => {
    const config = JSON.parse(readFileSync(join(whole, "config.json"), "utf8"));
    expect(config.device).toBe("native");
    writeFileSync(join(whole, "config.json"), JSON.stringify({ ...config, device: "wasm" }));
    const resumed = runToEnd(cli.main, ["train", "--resume", whole, "--episodes", "700"]);
    await expect(resumed).rejects.toThrow(/was made on native with threads/);
  });
});
