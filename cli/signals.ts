import { fstatSync, readFileSync, readSync, statSync } from "node:fs";
import { codeOf, type Signal } from "./exitCodes.js";

/**
 * Milliseconds within which signals are one wish: under npm, Ctrl-C comes from the terminal and, some milliseconds
 * later, once more from npm; a terminal that closes may send SIGHUP and then SIGTERM.
 */
export const ONE_WISH = 1000;

/** What `listenTo` needs of the process; an argument, so that tests can stand in for it. */
export interface SignalSource {
  on(signal: Signal, listener: (signal: Signal) => void): unknown;
  off(signal: Signal, listener: (signal: Signal) => void): unknown;
  exit(code: number): void;
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Calls the handler at the first signal; another one, later than the same wish can cause, ends the process at once.
 * Returns how to make it deaf to a first signal, when all work is done: what comes then is too late to change the exit
 * code, and only ends a process that hangs. `ignored`: signals that somebody else has asked to ignore.
 */
export function listenTo(
  source: SignalSource,
  now: () => number,
  ignored: readonly Signal[],
  handler: (signal: Signal) => void,
): () => void {
  let first: number | null = null;
  let done = false;
  for (const signal of SIGNALS.filter((each) => !ignored.includes(each))) {
    source.on(signal, (came) => {
      if (first === null) {
        first = now();
        if (!done) handler(came);
      } else if (now() - first >= ONE_WISH) source.exit(codeOf(came));
    });
  }
  return () => {
    done = true;
    first = null;
  };
}

/**
 * Whether the process was started by `nohup`, or from something that was. Node forgets at its start that SIGHUP was to be
 * ignored (it resets every signal), so it is told by what else is left of it:
 * the shell's `$_`, which names the program that it started; standard input, which GNU nohup takes away by opening
 * /dev/null for writing only; and a parent that ignores SIGHUP, which passes that on to what it starts.
 */
export function isUnderNohup(env: Readonly<Record<string, string | undefined>>): boolean {
  return /(^|\/)nohup$/.test(env._ ?? "") || hasUnreadableInput() || parentIgnoresHangups();
}

function hasUnreadableInput(): boolean {
  try {
    if (fstatSync(0).rdev !== statSync("/dev/null").rdev) return false;
    readSync(0, new Uint8Array(1));
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EBADF";
  }
}

/** By its mask of ignored signals, whose lowest bit is SIGHUP, where the system shows one (Linux). */
function parentIgnoresHangups(): boolean {
  try {
    const status = readFileSync(`/proc/${process.ppid}/status`, "utf8");
    const lowest = /^SigIgn:\s*[0-9a-f]*([0-9a-f])$/m.exec(status)?.[1] ?? "0";
    return (Number.parseInt(lowest, 16) & 1) === 1;
  } catch {
    return false;
  }
}
