import { closeSync } from "node:fs";
import { isatty } from "node:tty";
import pc from "picocolors";
import type { Signal } from "./exitCodes.js";
import { FileError, reasonOf } from "./files.js";
import { isUnderNohup, listenTo, type SignalSource } from "./signals.js";
import { ownCode, shown } from "./terminalText.js";

export interface Output {
  write(text: string): void;
  /** Whether it is a terminal that can move its cursor and show colours. */
  readonly isTTY?: boolean;
  /** Characters in a line of a terminal. */
  readonly columns?: number;
  /** Lines of a terminal. */
  readonly rows?: number;
}

/** All that the program knows of the world beside files: an argument, so that tests can stand in for a terminal. */
export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds, for rates and remaining times only. */
  now(): number;
  /** Milliseconds that processors have worked for this process, on all of its threads. */
  processorTime(): number;
  /** Milliseconds since 1970, for programs that want to know when something was. */
  wallTime(): number;
  /** Resolves after so many milliseconds. */
  wait(milliseconds: number): Promise<void>;
  /**
   * Calls the handler at the first SIGINT, SIGTERM or SIGHUP; returns how to stop listening: from then on nothing that
   * arrives changes the exit code.
   */
  onSignal(handler: (signal: Signal) => void): () => void;
  /** Once all that was written to stdout has left the process: why some of it did not arrive, or null. */
  delivered(): Promise<NodeJS.ErrnoException | null>;
}

const COLOURS = ["bold", "dim", "red", "green", "yellow", "cyan"] as const;

export type Colours = Readonly<Record<(typeof COLOURS)[number], (text: string) => string>>;

/** Colours on a terminal, unless NO_COLOR is set (https://no-color.org). */
export function coloursFor(output: Output, env: Io["env"]): Colours {
  const colours = pc.createColors(Boolean(output.isTTY) && !env.NO_COLOR);
  const entries = COLOURS.map((name) => {
    const [before, after] = colours[name]("|").split("|").map(ownCode);
    return [name, (text: string) => before + text + after] as const;
  });
  return Object.fromEntries(entries) as Colours;
}

/**
 * The same world, for text that files and users have put something into: escape sequences that are not our own are made
 * visible, a terminal that cannot move its cursor (TERM=dumb) counts as none, and one that says it has no columns has 80.
 */
export function guarded(io: Io): Io {
  const guard = (output: Output): Output => ({
    write: (text) => output.write(shown(text)),
    get isTTY() {
      return Boolean(output.isTTY) && io.env.TERM !== "dumb";
    },
    get columns() {
      return output.columns || 80;
    },
    get rows() {
      return output.rows;
    },
  });
  return { ...io, stdout: guard(io.stdout), stderr: guard(io.stderr) };
}

/** Characters that fit into a line: a terminal's, and 80 elsewhere. */
export const lineLength = ({ isTTY, columns = 80 }: Output): number => (isTTY ? columns : 80);

/**
 * For commands whose stdout is what they are for: throws a FileError if it did not arrive. A reader that has seen enough
 * (`| head`) is none.
 */
export async function expectDelivered(io: Io): Promise<void> {
  const failure = await io.delivered();
  if (failure === null || failure.code === "EPIPE") return;
  throw new FileError(`cannot write to stdout: ${reasonOf(failure)}`, { cause: failure });
}

/**
 * The real terminal, clock and signals. Nobody may be left to read what is written: the reader of a pipe is gone, the
 * terminal has closed, the log's disk is full. What is written after that goes nowhere, and work goes on.
 */
export function processIo(): Io {
  leaveClosedTerminals();
  const stdout = processOutput(process.stdout);
  const ignored: Signal[] = isUnderNohup(process.env) ? ["SIGHUP"] : [];
  // Node does not ignore what it was told to ignore, unless it is told again.
  for (const signal of ignored) process.on(signal, () => {});
  return {
    stdout,
    stderr: processOutput(process.stderr),
    env: process.env,
    now: () => performance.now(),
    processorTime,
    wallTime: () => Date.now(),
    wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    onSignal: (handler) => listenTo(process as SignalSource, () => performance.now(), ignored, handler),
    delivered: stdout.delivered,
  };
}

function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/**
 * As it ends, Node gives the terminals that it was started on their modes back, and aborts (SIGABRT, a core dump instead of
 * the exit code) where one of them has closed meanwhile. A descriptor that is closed it leaves alone.
 */
function leaveClosedTerminals(): void {
  const terminals = [0, 1, 2].filter((descriptor) => isatty(descriptor));
  process.on("exit", () => {
    for (const descriptor of terminals) if (!isatty(descriptor)) closeSync(descriptor);
  });
}

function processOutput(stream: NodeJS.WriteStream): Output & Pick<Io, "delivered"> {
  let failure: NodeJS.ErrnoException | null = null;
  stream.on("error", (error) => {
    failure ??= error;
  });
  return {
    write(text) {
      if (failure === null) stream.write(text);
    },
    get isTTY() {
      return stream.isTTY;
    },
    get columns() {
      return stream.columns;
    },
    get rows() {
      return stream.rows;
    },
    delivered: () =>
      new Promise((resolve) => {
        if (failure !== null) resolve(failure);
        else stream.write("", (error) => resolve(failure ?? error ?? null));
      }),
  };
}
