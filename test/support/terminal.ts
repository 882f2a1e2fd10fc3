import type { Signal } from "../../cli/exitCodes.js";
import type { Io } from "../../cli/io.js";
import { main } from "../../cli/program.js";

export interface Called {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** What the command line writes to within this process, where nobody interrupts it. */
export function quietIo() {
  const written = { out: "", err: "" };
  const io: Io = {
    stdout: {
      write(text) {
        written.out += text;
      },
    },
    stderr: {
      write(text) {
        written.err += text;
      },
    },
    env: {},
    now: () => performance.now(),
    processorTime: () => performance.now(),
    wallTime: () => Date.now(),
    wait: async () => {},
    delivered: async () => null,
    onSignal: () => () => {},
  };
  return { io, written };
}

/**
 * Calls the command line within this process. `interrupt` is asked after every write to stdout and may answer with a
 * signal, which then arrives as from a terminal.
 */
export async function call(
  argv: readonly string[],
  {
    env = {},
    isTTY = false,
    columns = 100,
    rows = 24,
    interrupt = (_out: string): Signal | null => null,
  } = {},
): Promise<Called> {
  const { io: quiet, written } = quietIo();
  let handler: ((signal: Signal) => void) | null = null;
  const io: Io = {
    ...quiet,
    stdout: {
      isTTY,
      columns,
      rows,
      write(text) {
        quiet.stdout.write(text);
        const signal = handler && interrupt(written.out);
        if (!signal) return;
        const handle = handler!;
        handler = null;
        handle(signal);
      },
    },
    stderr: { ...quiet.stderr, isTTY },
    env,
    onSignal(listener) {
      handler = listener;
      return () => {
        handler = null;
      };
    },
  };
  const code = await main(argv, io);
  return { code, ...written };
}

/** Flags of a task so small that the reference device trains it in a moment. */
export const TINY = [
  ...["--device", "reference", "--bits", "12", "--patterns", "2", "--cycles", "1", "--steps-on", "2"],
  ...["--set", "stepsOff=1", "--set", "testSteps=2", "--lr", "0.01"],
];
