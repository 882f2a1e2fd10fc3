import { existsSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { makeFolder } from "../../files.js";
import { RunFolder } from "../../runFolder.js";
import { packedRun, unpackRun } from "../packedRun.js";
import { episodesLived, isDone, type NamedRun } from "../runState.js";
import { runPath } from "../sweepRun.js";
import { slurmFolder } from "./taskList.js";

const attemptsFolder = (sweep: string, { name }: NamedRun) => join(slurmFolder(sweep), "attempts", name);

/**
 * Where one attempt at a run works: in a folder that no other attempt has. A node that was given up may still be at work on what
 * another has been given since, and no lock tells whether it lives.
 */
export const attemptFolder = (sweep: string, run: NamedRun, job: string, restart: string): string =>
  join(attemptsFolder(sweep, run), `${job}-${restart}`);

/** The folders in which a run has been begun, the sweep's own first. */
function begunIn(sweep: string, run: NamedRun): string[] {
  const attempts = attemptsFolder(sweep, run);
  const names = existsSync(attempts) ? readdirSync(attempts) : [];
  return [sweep, ...names.map((name) => join(attempts, name))]
    .map((place) => runPath(place, run))
    .filter(existsSync);
}

const savedAt = (path: string): number =>
  statSync(new RunFolder(path).file.checkpoint, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Puts the newest state of a run where an attempt goes on with it. */
export function takeOver(sweep: string, run: NamedRun, attempt: string): void {
  const [newest] = begunIn(sweep, run).sort((a, b) => savedAt(b) - savedAt(a));
  if (newest === undefined || newest === runPath(attempt, run)) return;
  const bytes = packedRun(newest);
  if (bytes) unpackRun(bytes, runPath(attempt, run));
}

/** Makes an attempt's result the run's, unless it has one, and clears away what all attempts left. */
export function publish(sweep: string, run: NamedRun, attempt: string): void {
  const path = runPath(sweep, run);
  makeFolder(dirname(path));
  try {
    if (!isDone(sweep, run)) {
      rmSync(path, { recursive: true, force: true });
      renameSync(runPath(attempt, run), path);
    }
  } catch (error) {
    // Another attempt was faster by a moment: it has the same result.
    if (!isDone(sweep, run)) throw error;
  }
  rmSync(attemptsFolder(sweep, run), { recursive: true, force: true });
}

/** Episodes that the furthest of a run's attempts has been through. */
export const reachedIn = (sweep: string, run: NamedRun): number =>
  Math.max(0, ...begunIn(sweep, run).map(episodesLived));
