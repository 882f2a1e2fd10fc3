import { dirname, relative, resolve, sep } from "node:path";
import * as z from "../../src/schema/index.js";
import type { Io } from "../io.js";
import { shellWord } from "../shellWord.js";
import { shownPath } from "../shownPath.js";
import type { OwnModule } from "./loadModule.js";
import { ModuleError } from "./moduleError.js";
import { changedFiles, moduleHashes } from "./moduleFiles.js";

/** What a run keeps of a module: where it lay, from the run's folder, and the hash of each file that it consists of. */
export const moduleRecordSchema = z.object({ path: z.string(), files: z.record(z.string()) });

export type ModuleRecord = z.output<typeof moduleRecordSchema>;

/** By what they are for: `experiment`, or an option that is a rule. */
export type ModuleRecords = Readonly<Record<string, ModuleRecord>>;

/** A module that was other when a run went on than it had been. */
export const moduleChangeSchema = z.object({
  /** Episodes lived by then. */
  episode: z.int().min(0),
  /** What it is for, as in `ModuleRecords`. */
  module: z.string(),
  files: z.array(z.string()),
});

export type ModuleChange = z.output<typeof moduleChangeSchema>;

/** As config.json has it. */
export const recordOf = ({ path, hashes }: OwnModule, folder: string): ModuleRecord => ({
  path: relative(resolve(folder), path).split(sep).join("/"),
  files: hashes,
});

/** Where a module of a run lies: where it lay, unless it is given. */
export const pathOf = ({ path }: ModuleRecord, folder: string, given?: string): string =>
  resolve(given ?? resolve(folder, path));

export interface FoundModule {
  readonly path: string;
  /** The files that are other than the run began with, by name. */
  readonly changed: readonly string[];
}

/**
 * Looks at a module of a run before it is loaded.
 * @throws ModuleError where it is gone, with `cure`: how to say where it is
 */
export function findModule(record: ModuleRecord, folder: string, cure: string, given?: string): FoundModule {
  const path = pathOf(record, folder, given);
  try {
    return { path, changed: changedFiles(record.files, moduleHashes(path)) };
  } catch (error) {
    if (!(error instanceof ModuleError) || given !== undefined) throw error;
    throw new ModuleError(`${folder}: its module is not at ${shownPath(path)} any more; ${cure}`, {
      cause: error,
    });
  }
}

/** Throws a ModuleError for a module that has changed, unless that is allowed. */
export function expectUnchanged({ path, changed }: FoundModule, folder: string, allowed: boolean): void {
  if (changed.length === 0 || allowed) return;
  const files = changed.map((name) => shownPath(resolve(dirname(path), name))).join(", ");
  throw new ModuleError(
    `--resume: the run in ${folder} began with other content of ${files}; put it back as it was, start a new run with --out, ` +
      `or go on with it as it is now: hebbian train --resume ${shellWord(folder)} --allow-changed-module`,
  );
}

/** Says so where a network is looked at with another module than it was trained with. */
export function noteChanged({ path, changed }: FoundModule, io: Pick<Io, "stderr">): void {
  if (changed.length === 0) return;
  const files = changed.map((name) => shownPath(resolve(dirname(path), name))).join(", ");
  io.stderr.write(`note: ${files} has changed since the run began\n`);
}
