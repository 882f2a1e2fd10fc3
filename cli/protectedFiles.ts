import { existsSync } from "node:fs";
import { basename, dirname } from "node:path";
import { destinationOf } from "./destination.js";
import { UsageError } from "./exitCodes.js";
import { explained } from "./files.js";
import { isLockName } from "./lock.js";
import { RunFolder } from "./runFolder.js";
import { isTemporary } from "./temporaryFiles.js";

/**
 * Throws a UsageError if `target` leads, by whatever links, to a file of a run, also to one that the run is still to write:
 * its config, checkpoints, metrics, model, result, figures and locks. Other names in a run's folder are free.
 */
export function expectNoRunFile(target: string): void {
  const place = explained("write", target, () => destinationOf(target));
  if (place.kind !== "file") return;
  const folder = dirname(place.path);
  const name = basename(place.path);
  const isOwn = isRun(folder) && (namesOf(folder).includes(name) || isLockName(name) || isTemporary(name));
  const parent = new RunFolder(dirname(folder));
  const isFigure = isRun(parent.path) && parent.file.figures === folder;
  if (!isOwn && !isFigure) return;
  const run = isOwn ? folder : parent.path;
  throw new UsageError(`${target} belongs to the run in ${run}, and stays as it is; write to another name`);
}

const isRun = (folder: string): boolean => existsSync(new RunFolder(folder).file.config);
const namesOf = (folder: string): string[] =>
  Object.values(new RunFolder(folder).file).map((path) => basename(path));
