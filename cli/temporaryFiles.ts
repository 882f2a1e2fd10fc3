import { randomBytes } from "node:crypto";
import { closeSync, constants, openSync, readdirSync, rmSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { processExists } from "./processIdentity.js";
import { syncFile } from "./syncing.js";

const { O_CREAT, O_EXCL, O_NOFOLLOW = 0, O_WRONLY } = constants;

/** The process is in the name for those who tidy up; the random part is for those who plant links in shared folders. */
const NAME = /^\.hebbian-(\d+)-[0-9a-f]{24}\.tmp$/;

/** Nobody takes so many milliseconds to write a file: what is older is a leftover, whatever process its number names now. */
const LEFTOVER_AGE = 3_600_000;

export const isTemporary = (name: string): boolean => NAME.test(name);

/** A name in `folder` that nobody has and nobody can guess. */
export const temporaryName = (folder: string): string =>
  join(folder, `.hebbian-${process.pid}-${randomBytes(12).toString("hex")}.tmp`);

/** `writeSync` may write only a part; the next call then says why. A full pipe that does not wait is tried again. */
export function writeAll(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) {
    try {
      done += writeSync(file, bytes, done);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      sleep(5);
    }
  }
}

/** Blocks for so many milliseconds. */
export function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/**
 * Writes a new file of a temporary name into `folder`, to the disk, and returns its path. `prepare` may give the open
 * file its owner and mode before there is anything in it. Throws the system's errors, and leaves no file then.
 */
export function writeTemporary(
  folder: string,
  bytes: Uint8Array,
  prepare: (file: number) => void = () => {},
): string {
  const path = temporaryName(folder);
  // Never through a link that somebody has planted, nor into a file that is there.
  const file = openSync(path, O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY, 0o666);
  try {
    try {
      prepare(file);
      writeAll(file, bytes);
      syncFile(file);
    } finally {
      closeSync(file);
    }
    return path;
  } catch (error) {
    discard(path);
    throw error;
  }
}

/** Removes a file that is of no more use. Where that fails it costs space and nothing else: what went before counts. */
export function discard(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    return;
  }
}

/**
 * Removes the temporary files that killed processes have left in a folder. A process's number may have another owner by
 * now, and those of other machines mean nothing here; this process itself is writing none at the moment.
 */
export function removeLeftovers(folder: string): void {
  for (const name of namesIn(folder)) {
    const pid = Number(NAME.exec(name)?.[1]);
    if (Number.isNaN(pid)) continue;
    const path = join(folder, name);
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (pid === process.pid || !processExists(pid) || age > LEFTOVER_AGE) discard(path);
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
