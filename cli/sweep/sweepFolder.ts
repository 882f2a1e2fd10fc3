import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import * as z from "../../src/schema/index.js";
import { UsageError } from "../exitCodes.js";
import { FileError, writeAtomic } from "../files.js";
import { counted } from "../progress.js";
import { RunFolder } from "../runFolder.js";
import { runPath, type SweepRun } from "./sweepRun.js";

const FORMAT = "hebbian sweep 1";
const recordSchema = z.object({ format: z.literal(FORMAT), runs: z.array(z.string()) });

const recordPath = (sweep: string) => join(sweep, "sweep.json");

/** Writes down what a sweep is made of, and the command that says so. */
export function writeSweep(sweep: string, definition: object, runs: readonly SweepRun[]): void {
  const record = { format: FORMAT, definition, runs: runs.map(({ name }) => name) };
  writeAtomic(recordPath(sweep), `${JSON.stringify(record, null, 2)}\n`);
}

const hasEpisodes = (run: string): boolean =>
  (statSync(new RunFolder(run).file.metrics, { throwIfNoEntry: false })?.size ?? 0) > 0;

/** Whether a folder is a sweep's. */
export const isSweep = (path: string): boolean => existsSync(recordPath(path));

/**
 * The folders of a sweep's runs that have begun. Throws a FileError where what the folder says of itself is damaged, a
 * UsageError where none has.
 */
export function runsOfSweep(path: string): string[] {
  let names: readonly string[];
  try {
    names = recordSchema.parse(JSON.parse(readFileSync(recordPath(path), "utf8"))).runs;
  } catch (error) {
    throw new FileError(`${recordPath(path)} is damaged; give the sweep's command again`, { cause: error });
  }
  const begun = [...new Set(names)].map((name) => runPath(path, { name })).filter(hasEpisodes);
  if (begun.length > 0) return begun;
  throw new UsageError(
    `${path}: none of its ${counted(names.length, "run")} has begun; give the sweep's command again`,
  );
}
