import pc from "picocolors";
import { codeOf, type Signal } from "./exitCodes.js";

export interface Output {
  write(text: string): void;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** All that the program knows of the world beside files: an argument, so that tests can stand in for a terminal. */
export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds, for rates and remaining times only. */
  now(): number;
  /** Resolves after so many milliseconds. */
  wait(milliseconds: number): Promise<void>;
  /** Calls the handler at the first SIGINT or SIGTERM; returns how to stop listening. */
  onSignal(handler: (signal: Signal) => void): () => void;
}

export type Colours = ReturnType<typeof pc.createColors>;

/** Colours on a terminal, unless NO_COLOR is set (https://no-color.org). */
export const coloursFor = (output: Output, env: Io["env"]): Colours =>
  pc.createColors(Boolean(output.isTTY) && !env.NO_COLOR);

/** The real terminal, clock and signals. A second signal ends the process at once. */
export function processIo(): Io {
  for (const output of [process.stdout, process.stderr]) {
    // The reader is gone (`| head`): nobody is left to tell.
    output.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") process.exit(codeOf("file"));
      throw error;
    });
  }
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    now: () => performance.now(),
    wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    onSignal(handler) {
      let stopping = false;
      const listener = (signal: NodeJS.Signals) => {
        if (stopping) process.exit(codeOf(signal as Signal));
        stopping = true;
        handler(signal as Signal);
      };
      process.on("SIGINT", listener).on("SIGTERM", listener);
      return () => process.off("SIGINT", listener).off("SIGTERM", listener);
    },
  };
}
