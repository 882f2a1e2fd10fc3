import { existsSync } from "node:fs";
import { experiments } from "../src/experiments/index.js";
import { isModulePath } from "./ownModules/moduleFiles.js";
import { pathOf } from "./ownModules/moduleRecord.js";
import { RunFolder } from "./runFolder.js";

/**
 * `train --resume <folder>` without an experiment is the command of the run's own: it has the flags and the help of that.
 * Where no run can be read in the folder, the arguments stay as they are, and the command says what is wrong.
 */
export function withRunsExperiment(argv: readonly string[]): readonly string[] {
  const [command, ...rest] = argv;
  if (command !== "train" || rest.some(isExperiment)) return argv;
  const folder = resumedFolder(rest);
  const word = folder === null ? null : experimentOf(folder);
  return word === null ? argv : [command, word, ...rest];
}

/** Whether an argument is an experiment's name, or the path of its module, and not what an option before it is to be. */
const isExperiment = (argument: string, k: number, all: readonly string[]): boolean =>
  (Object.hasOwn(experiments, argument) || isModulePath(argument)) &&
  !argument.startsWith("-") &&
  (k === 0 || !all[k - 1]!.startsWith("-") || all[k - 1]!.includes("="));

function resumedFolder(args: readonly string[]): string | null {
  const at = args.findIndex((argument) => argument === "--resume" || argument.startsWith("--resume="));
  if (at < 0) return null;
  const [flag] = args.slice(at);
  return flag === "--resume" ? (args[at + 1] ?? null) : flag!.slice("--resume=".length);
}

/** What stands for a run's experiment on the command line: its name, or the path of its module, where that lies. */
function experimentOf(path: string): string | null {
  const folder = new RunFolder(path);
  try {
    if (!existsSync(folder.file.config)) return null;
    const { experiment, modules } = folder.readConfig();
    if (!modules.experiment) return Object.hasOwn(experiments, experiment) ? experiment : null;
    const module = pathOf(modules.experiment, path);
    return existsSync(module) ? module : null;
  } catch {
    return null;
  }
}
