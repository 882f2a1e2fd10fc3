import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "../../src/schema/index.js";
import { FileError, makeFolder, writeAtomic } from "../files.js";
import { RunFolder } from "../runFolder.js";
import { runPath } from "./sweepRun.js";

/** What is to be known of a run to see how it stands. */
export interface NamedRun {
  readonly name: string;
  readonly episodes: number;
}

const failureSchema = z.object({ code: z.int(), message: z.string() });

/** Why a run ended without a result, which it would do again. */
export type Failure = z.output<typeof failureSchema>;

/** Whether a run has left its result: the last thing it writes. */
export function isDone(sweep: string, run: NamedRun): boolean {
  const result = new RunFolder(runPath(sweep, run)).readResult();
  return result !== null && result.trainedEpisodes >= run.episodes;
}

const failurePath = (sweep: string, { name }: NamedRun) => join(sweep, "failures", `${name}.json`);

/** Null for a run that has not failed. */
export function failureOf(sweep: string, run: NamedRun): Failure | null {
  const path = failurePath(sweep, run);
  if (!existsSync(path)) return null;
  try {
    return failureSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (error) {
    throw new FileError(`${path} is damaged; remove it, and the run is tried again`, { cause: error });
  }
}

/** Keeps why a run failed, so that it is not tried again. */
export function noteFailure(sweep: string, run: NamedRun, failure: Failure): void {
  makeFolder(join(sweep, "failures"));
  writeAtomic(failurePath(sweep, run), `${JSON.stringify(failure)}\n`);
}

/** Episodes that a run's folder has timings of: how far it has come, about. */
export function episodesLived(path: string): number {
  const { timing } = new RunFolder(path).file;
  if (!existsSync(timing)) return 0;
  // The last line may be half written.
  return Number(
    readFileSync(timing, "utf8")
      .match(/"episode":(\d+)(?=[,}])/g)
      ?.at(-1)
      ?.slice(10) ?? 0,
  );
}
