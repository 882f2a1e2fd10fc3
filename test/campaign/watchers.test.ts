import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TINY } from "../support/terminal.js";
import { transpiledCli } from "../support/transpiledCli.js";

/** What happens to a run when its terminal, its reader or its disk for logs goes away: with real processes and signals. */

const folder = mkdtempSync(join(tmpdir(), "hebbian-watchers-"));
let cli: Awaited<ReturnType<typeof transpiledCli>>;
beforeAll(async () => {
  cli = await transpiledCli();
});
afterAll(() => {
  cli.remove();
  rmSync(folder, { recursive: true, force: true });
});

const train = (out: string, episodes: number) => [
  ...["train", "patterns", ...TINY, "--episodes", String(episodes), "--json", "--out", join(folder, out)],
];
const LONG = 1_000_000;
const has = (out: string, file: string) => existsSync(join(folder, out, file));
const read = (out: string, file: string) => readFileSync(join(folder, out, file), "utf8");

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly err: string;
}

function start(argv: readonly string[], stdout: "pipe" | number, shell = "", options: SpawnOptions = {}) {
  const [file, ...rest] = shell
    ? ["bash", "-c", shell, process.execPath, cli.main, ...argv]
    : [process.execPath, cli.main, ...argv];
  const child = spawn(file!, rest, { ...options, stdio: ["ignore", stdout, "pipe"] });
  let err = "";
  child.stderr!.on("data", (chunk: Buffer) => {
    err += chunk.toString();
  });
  const ended = new Promise<Ended>((resolve) =>
    child.on("close", (code, signal) => resolve({ code, signal, err })),
  );
  return { child, ended };
}

/** Waits until the run has told of an episode. */
const episodeOf = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    child.stdout!.on("data", (chunk: Buffer) => {
      if (chunk.includes('"type":"episode"')) resolve();
    });
  });

const later = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe.runIf(process.platform === "linux")("a run", () => {
  it("that gets the same signal twice at once, as from Ctrl-C under npm, leaves a checkpoint", async () => {
    const { child, ended } = start(train("twice", LONG), "pipe");
    await episodeOf(child);
    child.kill("SIGINT");
    await later(3);
    child.kill("SIGINT");
    expect(await ended).toMatchObject({ code: 130, err: "" });
    expect(has("twice", "checkpoint.safetensors")).toBe(true);
    expect(has("twice", "lock")).toBe(false);
  });

  it("whose terminal closes leaves a checkpoint and exits with 129", async () => {
    const { child, ended } = start(train("hangup", LONG), "pipe");
    await episodeOf(child);
    child.kill("SIGHUP");
    child.stdout!.destroy();
    expect(await ended).toMatchObject({ code: 129, err: "" });
    expect(has("hangup", "checkpoint.safetensors")).toBe(true);
  });

  it("under nohup outlives SIGHUP, and still heeds SIGTERM", async () => {
    const { child, ended } = start(train("nohup", LONG), "pipe", 'nohup "$0" "$@"');
    await episodeOf(child);
    child.kill("SIGHUP");
    await later(50);
    expect(child.exitCode).toBeNull();
    child.kill("SIGTERM");
    expect(await ended).toMatchObject({ code: 143 });
    expect(has("nohup", "checkpoint.safetensors")).toBe(true);
  });

  it("whose reader goes away, or whose log's disk is full, goes on to its end and leaves the same files", async () => {
    const reader = start(train("reader", 40), "pipe");
    reader.child.stdout!.once("data", () => reader.child.stdout!.destroy());
    const full = openSync("/dev/full", "w");
    const disk = start(train("disk", 40), full);
    closeSync(full);
    for (const { ended } of [reader, disk]) expect(await ended).toEqual({ code: 0, signal: null, err: "" });
    expect(has("reader", "result.json")).toBe(true);
    expect(read("disk", "result.json")).toBe(read("reader", "result.json"));
    expect(read("disk", "metrics.jsonl").split("\n")).toHaveLength(41);
  }, 60_000);
});

describe.runIf(process.platform === "linux")("a command that only prints", () => {
  it.each([[["list"]], [["list", "--json"]], [["--help"]], [["--version"]]])(
    "%j says so, with exit code 5, if what it prints cannot be written",
    async (argv) => {
      const full = openSync("/dev/full", "w");
      const { ended } = start(argv, full);
      closeSync(full);
      const { code, err } = await ended;
      expect(code).toBe(5);
      expect(err).toBe(
        "error: cannot write to stdout: the disk is full; free some space or write to another disk (ENOSPC)\n",
      );
    },
  );

  it("is content with a reader that has seen enough", async () => {
    const { child, ended } = start(["list"], "pipe");
    child.stdout!.destroy();
    expect(await ended).toEqual({ code: 0, signal: null, err: "" });
  });
});

it("a run without WebAssembly (node --jitless) leaves its figures as SVG, and ends", async () => {
  const { ended } = start(train("jitless", 2), "pipe", 'exec "$0" --jitless "$@"');
  const { code, err } = await ended;
  expect(code, err).toBe(0);
  expect(has("jitless", "result.json")).toBe(true);
  expect(has("jitless", "figures/learning-curve.svg")).toBe(true);
  expect(has("jitless", "figures/learning-curve.png")).toBe(false);
}, 60_000);

it("nothing is looked up before it is needed: --help works without a home or a host's name", async () => {
  const refuse = `
    import os from "node:os";
    import { syncBuiltinESMExports } from "node:module";
    const refused = (name) => () => { throw new Error(name + " was looked up"); };
    for (const name of ["homedir", "userInfo", "hostname", "tmpdir"]) os[name] = refused(name);
    syncBuiltinESMExports();`;
  const preload = `data:text/javascript,${encodeURIComponent(refuse)}`;
  const { ended } = start(["--help"], "pipe", 'exec "$0" --import "$PRELOAD" "$@"', {
    env: { ...process.env, PRELOAD: preload },
  });
  expect(await ended).toEqual({ code: 0, signal: null, err: "" });
});
