import { CommanderError } from "commander";
import { DeviceMemoryError, DeviceUnavailableError } from "../src/devices/device.js";
import {
  CheckpointError,
  DivergenceError,
  ExperimentError,
  OptionsError,
  TaskError,
} from "../src/training/index.js";
import { DataError } from "./dataFolders.js";
import { FileError } from "./files.js";
import { ModuleError } from "./ownModules/moduleError.js";
import { oneLine } from "./terminalText.js";

/** The command was called wrongly; the message says how it should be. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

export type Signal = "SIGINT" | "SIGTERM" | "SIGHUP";

/** Every exit code of the program, with its meaning. */
export const EXIT_CODES = {
  ok: [0, "done"],
  internal: [1, "a fault of the program (set HEBBIAN_DEBUG=1 for details)"],
  usage: [2, "wrong command, flag or option"],
  data: [3, "data missing, damaged or out of reach"],
  diverged: [4, "training diverged; the last good checkpoint is kept"],
  file: [5, "a file could not be read or written, is damaged, or is in use"],
  memory: [6, "the network does not fit in memory; the message says what it needs"],
  module: [7, "a module of one's own is missing, has a fault, or has changed"],
  SIGHUP: [129, "stopped by SIGHUP (its terminal closed), after writing a checkpoint"],
  SIGINT: [130, "stopped by Ctrl-C (SIGINT), after writing a checkpoint"],
  SIGTERM: [143, "stopped by SIGTERM, after writing a checkpoint"],
} as const satisfies Record<string, readonly [number, string]>;

export const EXIT_CODES_HELP = `Exit codes:\n${Object.values(EXIT_CODES)
  .map(([code, meaning]) => `  ${String(code).padEnd(5)}${meaning}`)
  .join("\n")}`;

export const codeOf = (reason: keyof typeof EXIT_CODES): number => EXIT_CODES[reason][0];

/** The exit code of whatever went wrong. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? codeOf("ok") : codeOf("usage");
  if (error instanceof UsageError || error instanceof OptionsError) return codeOf("usage");
  if (error instanceof DeviceUnavailableError) return codeOf("usage");
  if (error instanceof DataError) return codeOf("data");
  if (error instanceof DivergenceError) return codeOf("diverged");
  if (error instanceof FileError || error instanceof CheckpointError) return codeOf("file");
  if (error instanceof DeviceMemoryError) return codeOf("memory");
  if (error instanceof ModuleError || error instanceof TaskError || error instanceof ExperimentError)
    return codeOf("module");
  return codeOf("internal");
}

/** What went wrong, in one line; with HEBBIAN_DEBUG set, where too. */
export function explain(error: unknown, debug: boolean): string {
  const known = exitCodeOf(error) !== codeOf("internal");
  if (debug && error instanceof Error) return error.stack ?? error.message;
  const message = oneLine(error instanceof Error ? error.message : String(error));
  if (error instanceof CommanderError)
    return `${message.replace(/^error: |\.$/g, "")}; add --help to see what there is`;
  return known ? message : `internal error: ${message}; HEBBIAN_DEBUG=1 shows where`;
}
