import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly err: string;
}

const start = (main: string, argv: readonly string[]): ChildProcess =>
  spawn(process.execPath, [main, ...argv], { stdio: ["ignore", "ignore", "pipe"] });

function ended(child: ChildProcess): Promise<Ended> {
  let err = "";
  child.stderr!.on("data", (chunk: Buffer) => {
    err += chunk.toString();
  });
  return new Promise((resolve) => child.on("close", (code, signal) => resolve({ code, signal, err })));
}

/** Runs the command line to its end in a process of its own. Throws if it fails. */
export async function runToEnd(main: string, argv: readonly string[]): Promise<void> {
  const { code, err } = await ended(start(main, argv));
  if (code !== 0) throw new Error(`exit code ${code}: ${err}`);
}

/**
 * Starts or resumes the run in `out`, and kills the process with SIGKILL after `delay` milliseconds, counted from when
 * it has taken up work. Returns false if it ended before that. Throws if it failed in any other way.
 */
export async function runAndKill(
  main: string,
  argv: readonly string[],
  out: string,
  delay: number,
): Promise<boolean> {
  // Killed before it wrote its config: nothing to resume, and it begins anew in the same folder.
  const begun = existsSync(join(out, "config.json"));
  const child = start(main, begun ? ["train", "--resume", out] : [...argv, "--out", out]);
  const end = ended(child);
  await lockedBy(child, join(out, "lock"));
  const timer = setTimeout(() => child.kill("SIGKILL"), delay);
  const { code, signal, err } = await end;
  clearTimeout(timer);
  if (signal === "SIGKILL") return true;
  if (code === 0) return false;
  throw new Error(`exit code ${code}: ${err}`);
}

/** Waits until the process holds the lock, or has ended. */
async function lockedBy(child: ChildProcess, lock: string): Promise<void> {
  while (child.exitCode === null && child.signalCode === null && ownerIn(lock) !== child.pid) {
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** The process that a lock names; null while there is none. */
function ownerIn(lock: string): number | null {
  try {
    return JSON.parse(readFileSync(lock, "utf8")).pid;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
