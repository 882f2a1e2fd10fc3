import { randomBytes } from "node:crypto";
import { constants, copyFileSync, linkSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import * as z from "../src/schema/index.js";
import { explained, FileError } from "./files.js";
import { sha256 } from "./fingerprint.js";
import { identitySchema, stateOf, thisProcess } from "./processIdentity.js";
import { discard, sleep, writeTemporary } from "./temporaryFiles.js";

const LOCK = "lock";
/** Of a claim to come after the holder of a lock that has died; the rest of the name is a digest of what its claim says. */
const AFTER = "lock.after-";

/** What a lock says. Never the same twice, so that a claim is never taken for another. */
const claimSchema = z.object({ ...identitySchema.shape, since: z.string(), token: z.string() });

/** A claim as it lies in the folder. `claim` is null if nothing in it can be read. */
interface Held {
  readonly path: string;
  readonly text: string;
  readonly claim: z.output<typeof claimSchema> | null;
}

/** Rounds until one says that a lock changes hands too fast; a few are needed where several processes want it at once. */
const ROUNDS = 1000;

/** Where a claim is no hard link, it is empty for a moment before it is whole. Milliseconds, and how often it is read. */
const EMPTY = { wait: 10, times: 30 };

/** Names that are part of locking a folder, and not of what is in it. */
export const isLockName = (name: string): boolean => name === LOCK || name.startsWith(AFTER);

/**
 * Takes a folder for this process alone; returns how to give it back. A lock whose process is gone is taken over: why
 * no two can do that at once is in docs/decisions/008-locks.md.
 * @throws FileError if another run is at work in the folder, or may be, on another machine; or if the lock cannot be written
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, LOCK);
  const token = randomBytes(12).toString("hex");
  const text = `${JSON.stringify({ ...thisProcess(), since: new Date().toISOString(), token })}\n`;
  explained("lock", path, () => take(path, text));
  return () => unlock(path, text);
}

/** Returns once the lock says `text`. */
function take(path: string, text: string): void {
  const folder = dirname(path);
  const made: string[] = [];
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const chain = chainFrom(path);
      const last = chain.at(-1);
      if (last?.text === text) {
        if (chain.length > 1) renameSync(made[0]!, path);
        removeSuccessions(folder);
        return;
      }
      if (last !== undefined) refuseIfHeld(path, last);
      if (made.length === 0) made.push(writeTemporary(folder, new TextEncoder().encode(text)));
      const name = last === undefined ? path : successionOf(last);
      // Whether that has made it the last of the chain, the next round sees.
      if (tryClaim(made[0]!, name) && name !== path) made.push(name);
    }
  } finally {
    for (const name of made) discard(name);
  }
  throw new FileError(
    `cannot lock ${path}: it cannot be read, or changes hands all the time; remove it if no run is at work`,
  );
}

/** The lock, and whoever has claimed to come after its dead holder, and after him, and so on. */
function chainFrom(path: string): Held[] {
  const chain: Held[] = [];
  for (let held = read(path); held !== null; held = read(successionOf(held))) chain.push(held);
  return chain;
}

/** One claim only can ever come after another. */
const successionOf = ({ path, text }: Held): string => join(dirname(path), AFTER + sha256(text).slice(0, 24));

function refuseIfHeld(path: string, { claim }: Held): void {
  // Nothing that is at work leaves a claim that cannot be read: it is what a power cut has made of one.
  if (claim === null) return;
  const { pid, host, since } = claim;
  const state = stateOf(claim);
  if (state === "running") {
    throw new FileError(
      `${dirname(path)} is in use: another run, process ${pid}, works in it since ${since}; wait for it, or choose another --out`,
    );
  }
  if (state === "elsewhere") {
    throw new FileError(
      `${dirname(path)} is in use: process ${pid} on ${host} took it at ${since}, and whether it still runs cannot be ` +
        `seen from here, as it is another machine or container; wait for it, or, if it has ended, remove ${path}`,
    );
  }
}

/**
 * Gives the file `own` the name `name` too, unless there is a file of that name: then false. A hard link is there as a
 * whole or not at all, on network shares too, whoever else is trying.
 */
function tryClaim(own: string, name: string): boolean {
  try {
    linkSync(own, name);
    return true;
  } catch (error) {
    if (isCode(error, "EEXIST")) return false;
    if (!isCode(error, "EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK")) throw error;
  }
  try {
    // A file system without hard links (a USB stick, some shares): as exclusive, but empty for a moment.
    copyFileSync(own, name, constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if (isCode(error, "EEXIST")) return false;
    throw error;
  }
}

/** The claim in a file; null if there is none. */
function read(path: string): Held | null {
  for (let time = 1; ; time++) {
    let text: string;
    try {
      text = readFileSync(path, "utf8");
    } catch (error) {
      if (isCode(error, "ENOENT")) return null;
      throw error;
    }
    const claim = claimIn(text);
    if (claim !== null || time === EMPTY.times) return { path, text, claim };
    sleep(EMPTY.wait);
  }
}

function claimIn(text: string): Held["claim"] {
  try {
    return claimSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Only ever called by the holder: whoever else has such a claim finds out that the lock is not what it was to come after. */
function removeSuccessions(folder: string): void {
  for (const name of readdirSync(folder)) if (name.startsWith(AFTER)) discard(join(folder, name));
}

/** Removes the lock, unless it is somebody else's by now: someone may have removed ours by hand, and others have come. */
function unlock(path: string, text: string): void {
  try {
    explained("remove", path, () => {
      if (read(path)?.text === text) rmSync(path, { force: true });
    });
  } catch (error) {
    (error as Error).message += "; what the run has written stands, and the next one takes the lock over";
    throw error;
  }
}

const isCode = (error: unknown, ...codes: readonly string[]): boolean =>
  codes.includes((error as NodeJS.ErrnoException).code ?? "");
