import { existsSync } from "node:fs";
import { experiments } from "../src/experiments/index.js";
import { RunFolder } from "./runFolder.js";

/**
 * `train --resume <folder>` without an experiment is the command of the run's own: it has the flags and the help of that.
 * Where no run can be read in the folder, the arguments stay as they are, and the command says what is wrong.
 */
export function withRunsExperiment(argv: readonly string[]): readonly string[] {
  const [command, ...rest] = argv;
  if (command !== "train" || rest.some(isExperiment)) return argv;
  const folder = resumedFolder(rest);
  const name = folder === null ? null : experimentOf(folder);
  return name === null || !Object.hasOwn(experiments, name) ? argv : [command, name, ...rest];
}

/** Whether an argument is an experiment's name, and not what an option before it is to be. */
const isExperiment = (argument: string, k: number, all: readonly string[]): boolean =>
  Object.hasOwn(experiments, argument) && !(all[k - 1] ?? "").startsWith("-");

function resumedFolder(args: readonly string[]): string | null {
  const at = args.findIndex((argument) => argument === "--resume" || argument.startsWith("--resume="));
  if (at < 0) return null;
  const [flag] = args.slice(at);
  return flag === "--resume" ? (args[at + 1] ?? null) : flag!.slice("--resume=".length);
}

function experimentOf(path: string): string | null {
  const folder = new RunFolder(path);
  try {
    return existsSync(folder.file.config) ? folder.readConfig().experiment : null;
  } catch {
    return null;
  }
}
