import { spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { transpiledCli } from "../support/transpiledCli.js";

const preload = join(import.meta.dirname, "killAt.js");
/** Far above what a run of the campaign takes, even where others are at work. */
const HANGS_MS = 90_000;

/** When a run is killed: at a call of the file system, "renameSync:2", or so many milliseconds after its start. */
export type Kill = { readonly at: string } | { readonly after: number };

export interface Ended {
  readonly code: number | null;
  readonly killed: boolean;
  readonly err: string;
  readonly milliseconds: number;
}

/**
 * The command line without its figures: they take most of the time of such a short run, and are files like others.
 */
export async function plainCli(): ReturnType<typeof transpiledCli> {
  const cli = await transpiledCli();
  const stub = `
    import { mkdirSync } from "node:fs";
    import { join } from "node:path";
    import { writeAtomic } from "./files.js";
    export async function drawFigures(folder) {
      mkdirSync(folder, { recursive: true });
      writeAtomic(join(folder, "figure.svg"), "<svg/>");
      return ["figure"];
    }`;
  writeFileSync(join(cli.main, "../drawFigures.js"), stub);
  return cli;
}

/** Runs the command line in a process of its own, until it ends or is killed. Throws if it hangs. */
export function runProcess(
  main: string,
  argv: readonly string[],
  { kill = null, calls = "" }: { readonly kill?: Kill | null; readonly calls?: string } = {},
): Promise<Ended> {
  const begun = performance.now();
  const child = spawn(process.execPath, ["--import", preload, main, ...argv], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, HEBBIAN_KILL_AT: kill && "at" in kill ? kill.at : "", HEBBIAN_CALLS: calls },
  });
  let err = "";
  child.stderr.on("data", (chunk: Buffer) => {
    err += chunk.toString();
  });
  const end = () => child.kill("SIGKILL");
  const timer = kill && "after" in kill ? setTimeout(end, kill.after) : undefined;
  let hangs = false;
  const limit = setTimeout(() => {
    hangs = true;
    end();
  }, HANGS_MS);
  return new Promise((resolve, reject) => {
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      clearTimeout(limit);
      if (hangs) return reject(new Error(`hebbian ${argv.join(" ")} took more than ${HANGS_MS} ms`));
      resolve({ code, killed: signal === "SIGKILL", err, milliseconds: performance.now() - begun });
    });
  });
}

/**
 * Does what a person would with the folder of a run that was killed: goes on with it, or where there is nothing yet to go on
 * with, starts it again; and removes nothing by hand. Returns whether it was killed again. Throws if neither works.
 */
export async function goOn(
  main: string,
  command: readonly string[],
  out: string,
  kill: Kill | null,
): Promise<boolean> {
  let refused = "";
  if (existsSync(out)) {
    const resumed = await runProcess(main, ["train", "--resume", out], { kill });
    if (resumed.killed || resumed.code === 0) return resumed.killed;
    refused = `cannot be resumed: ${resumed.err.trim()}; nor `;
  }
  const started = await runProcess(main, ["train", ...command, "--out", out], { kill });
  if (started.killed || started.code === 0) return started.killed;
  throw new Error(`${refused}can it be started: ${started.err.trim()} (exit code ${started.code})`);
}
