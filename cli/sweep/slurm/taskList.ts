import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import * as z from "../../../src/schema/index.js";
import { FileError, makeFolder, writeAtomic } from "../../files.js";
import { sha256 } from "../../fingerprint.js";
import type { SweepRun } from "../sweepRun.js";

const requestSchema = z.object({
  experiment: z.string(),
  options: z.record(z.unknown()),
  seed: z.int(),
  episodes: z.int().nullable(),
  data: z.string().nullable(),
  device: z.string(),
});

/** A run as a task of an array. */
const taskSchema = z.object({
  id: z.string(),
  name: z.string(),
  episodes: z.int(),
  /** What the run's identity is made of: whoever carries it out makes it again, and sees whether it is still the same. */
  request: requestSchema,
  /** Episodes that it had been through when it was submitted. */
  reached: z.int(),
});
export type Task = z.output<typeof taskSchema>;

const listSchema = z.object({ tasks: z.array(taskSchema, 1) });

/** An array of tasks that was submitted, or is about to be. */
export interface TaskList {
  /** Also the name of the array's job. */
  readonly name: string;
  readonly path: string;
  readonly tasks: readonly Task[];
}

/** Where a sweep keeps what Slurm is told, lists, logs and what tasks are at work on. */
export const slurmFolder = (sweep: string): string => join(sweep, "slurm");
/** The sweep that a task list belongs to. */
export const sweepOf = (listPath: string): string => join(listPath, "../..");

/** Writes the tasks of an array down, under a name that no other has. */
export function writeTaskList(
  sweep: string,
  runs: readonly SweepRun[],
  reached: (run: SweepRun) => number,
): TaskList {
  const before = taskLists(sweep).length;
  const name = `hebbian-${sha256(JSON.stringify([sweep, before, runs.map(({ id }) => id)])).slice(0, 16)}`;
  const tasks = runs.map((run) => ({
    ...{ id: run.id, name: run.name, episodes: run.episodes, reached: reached(run) },
    request: { ...run.request, options: { ...run.request.options } },
  }));
  makeFolder(slurmFolder(sweep));
  const path = join(slurmFolder(sweep), `${name}.json`);
  writeAtomic(path, `${JSON.stringify({ tasks }, null, 2)}\n`);
  return { name, path, tasks };
}

/** All that this sweep ever submitted. Throws a FileError where one is damaged. */
export function taskLists(sweep: string): TaskList[] {
  makeFolder(slurmFolder(sweep));
  const names = readdirSync(slurmFolder(sweep)).filter((file) => /^hebbian-[0-9a-f]+\.json$/.test(file));
  return names.sort().map((file) => readTaskList(join(slurmFolder(sweep), file)));
}

/** Throws a FileError for what is no task list. */
export function readTaskList(path: string): TaskList {
  try {
    const { tasks } = listSchema.parse(JSON.parse(readFileSync(path, "utf8")));
    return { name: basename(path, ".json"), path, tasks };
  } catch (error) {
    throw new FileError(`${path} is no list of tasks, or damaged; give the sweep's command again`, {
      cause: error,
    });
  }
}
