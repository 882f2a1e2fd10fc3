import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { codeOf } from "../exitCodes.js";
import { RunFolder } from "../runFolder.js";
import { type Failure, isDone, type NamedRun, noteFailure } from "./runState.js";
import { runPath, type SweepRun } from "./sweepRun.js";

/** How a run is going. */
export type RunProgress =
  | { readonly state: "running"; readonly episode: number }
  | { readonly state: "done" }
  | ({ readonly state: "failed" } & Failure)
  | { readonly state: "stopped" };

export type Watcher = (run: SweepRun, progress: RunProgress) => void;

/** A process that runs `hebbian` with some words. */
export interface Started {
  /** Called with each whole line of what it prints. */
  onLine(listener: (line: string) => void): void;
  readonly ended: Promise<{ readonly code: number | null; readonly err: string }>;
  stop(): void;
}

export type Start = (argv: readonly string[]) => Started;

/** Times that a run may be killed by others, one after the other, before it counts as failed: it may be what kills it, by its memory. */
const MOST_KILLS = 10;
/** Milliseconds before a run is tried again in whose folder another process is at work. */
const BUSY_MS = 1000;

/**
 * Runs what is not done yet, each in a process of its own, so many at once. A process that is killed goes on from its last
 * checkpoint, in another. Where another process is at work in a run's folder, as one whose sweep was killed, it is waited for.
 *
 * @param signal on abort: all processes stop after a checkpoint
 */
export async function runLocally(
  sweep: string,
  runs: readonly SweepRun[],
  {
    workers,
    watch,
    signal,
    start = startProcess,
  }: {
    readonly workers: number;
    readonly watch: Watcher;
    readonly signal: AbortSignal;
    readonly start?: Start;
  },
): Promise<void> {
  const queue = [...runs];
  const worker = async () => {
    while (!signal.aborted) {
      const run = queue.shift();
      if (run === undefined) return;
      watch(run, await runOne(sweep, run, { watch, signal, start }));
    }
  };
  await Promise.all(Array.from({ length: Math.min(workers, runs.length) }, worker));
}

/** Runs one to its end, however often its process is killed. */
export async function runOne<Run extends NamedRun & Pick<SweepRun, "argv">>(
  sweep: string,
  run: Run,
  {
    watch,
    signal,
    start,
  }: {
    readonly watch: (run: Run, progress: RunProgress) => void;
    readonly signal: AbortSignal;
    readonly start: Start;
  },
): Promise<RunProgress> {
  const folder = new RunFolder(runPath(sweep, run));
  let kills = 0;
  while (!signal.aborted) {
    if (isDone(sweep, run)) return { state: "done" };
    const begun = existsSync(folder.file.config);
    const child = start(
      begun ? ["train", "--resume", folder.path, "--no-figures"] : [...run.argv, "--out", folder.path],
    );
    const stop = () => child.stop();
    signal.addEventListener("abort", stop);
    child.onLine((line) => {
      const episode = /^episode +(\d+)\//.exec(line)?.[1];
      if (episode !== undefined) watch(run, { state: "running", episode: Number(episode) });
    });
    watch(run, { state: "running", episode: 0 });
    const { code, err } = await child.ended;
    signal.removeEventListener("abort", stop);
    if (signal.aborted) break;
    if (code === codeOf("ok")) continue;
    const message = err.trim().split("\n").at(-1) || "killed";
    if (code === codeOf("file") && / is in use: /.test(err)) await pause(BUSY_MS, signal);
    else if (code === null || code > 128) {
      if (++kills < MOST_KILLS) continue;
      return fail({ code: code ?? -1, message: `killed ${kills} times, one after the other` });
    } else return fail({ code, message });
  }
  return { state: "stopped" };

  function fail(failure: Failure): RunProgress {
    if (isLasting(failure.code)) noteFailure(sweep, run, failure);
    return { state: "failed", ...failure };
  }
}

/** Whether a run would fail so again: data may be fetched, files mended, and a fault of the program is none of the run. */
const isLasting = (code: number): boolean =>
  !(["data", "file", "internal"] as const).some((reason) => code === codeOf(reason));

const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(end, milliseconds);
    function end() {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    }
    signal.addEventListener("abort", end);
  });

const main = join(import.meta.dirname, "../main.js");

/** In a process group of its own: Ctrl-C is for the sweep, which passes it on. */
export const startProcess: Start = (argv) => {
  const child = spawn(process.execPath, [...process.execArgv, main, ...argv], {
    stdio: ["ignore", "pipe", "pipe"],
    detached: process.platform !== "win32",
  });
  return started(child);
};

function started(child: ChildProcess): Started {
  let err = "";
  child.stderr!.setEncoding("utf8").on("data", (chunk: string) => {
    // The last lines say why.
    err = (err + chunk).slice(-10_000);
  });
  const listeners: ((line: string) => void)[] = [];
  let rest = "";
  child.stdout!.setEncoding("utf8").on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop()!;
    for (const line of lines) for (const listener of listeners) listener(line);
  });
  return {
    onLine: (listener) => listeners.push(listener),
    ended: new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => resolve({ code, err }));
    }),
    stop: () => child.kill("SIGTERM"),
  };
}
