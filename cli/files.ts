import {
  closeSync,
  constants,
  copyFileSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  type Stats,
  statSync,
} from "node:fs";
import { dirname } from "node:path";
import { destinationOf } from "./destination.js";
import { syncFile, syncFolder } from "./syncing.js";
import { discard, temporaryName, writeAll, writeTemporary } from "./temporaryFiles.js";

/** A file could not be written or read; the message names the path, the reason and the cure. */
export class FileError extends Error {
  override readonly name = "FileError";
}

/** What a person can do about the usual reasons. */
const CURES: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full; free some space or write to another disk",
  EDQUOT: "your disk quota is used up; free some space or write to another disk",
  EFBIG: "the file is larger than the system allows; raise the limit (ulimit -f) or write to another disk",
  EACCES: "permission denied; make it and its folder writable, or choose another path",
  EPERM: "permission denied; make it and its folder writable, or choose another path",
  EEXIST: "there is something of that name already; choose another name",
  EIO: "the disk has failed; look after it, or choose a folder on another disk",
  ELOOP: "its symbolic links lead in a circle; choose another path",
  EPIPE: "whoever was reading it has gone; start the reader again",
  ENXIO: "nobody is listening there; start the reader first, or choose another path",
  EROFS: "the disk is read-only; choose a folder on another disk",
  ENOENT: "no such file or folder; check the path, or create the folder first",
  ENOTDIR: "a part of the path is a file, not a folder; choose another path",
  EISDIR: "the path is a folder; choose another name",
  ENAMETOOLONG: "the name is too long; choose a shorter one",
};

/** Runs `action`; an operating-system error becomes a FileError about `path`. */
export function explained<T>(doing: string, path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    const reason = reasonOf(error as NodeJS.ErrnoException);
    throw new FileError(`cannot ${doing} ${path}: ${reason}`, { cause: error });
  }
}

/** An operating-system error in words, with the cure where one is known. */
export const reasonOf = ({ code = "", message }: NodeJS.ErrnoException): string =>
  `${CURES[code] ?? message} (${code})`;

const asBytes = (content: Uint8Array | string): Uint8Array =>
  typeof content === "string" ? new TextEncoder().encode(content) : content;

/**
 * Writes to what `path` leads to, symbolic links followed. A file is written whole or not at all: into a temporary file
 * beside it, to the disk, then renamed over it. Whoever opens it, even after a power cut, finds the old content or the
 * new. It keeps its mode and, where the system lets us, its owner; other names of it (hard links) keep the old content.
 * A device, a pipe or an open descriptor gets the bytes directly. Text is written as UTF-8.
 *
 * A file that may be written in a folder that may not, or that is mounted as a single file, can only be written in
 * place, and a kill in the middle leaves it damaged. With `keepAs`, the path to keep the old content under, that is
 * refused: at every moment there is a whole file.
 * @throws FileError naming the path and the cure; the temporary file is removed and the old file untouched
 */
export function writeAtomic(
  path: string,
  content: Uint8Array | string,
  { keepAs }: { readonly keepAs?: string } = {},
): void {
  const bytes = asBytes(content);
  explained("write", path, () => {
    const place = destinationOf(path);
    if (place.kind === "descriptor") return writeAll(place.descriptor, bytes);
    if (place.kind === "stream") return writeInto(place.path, bytes);
    const { old } = place;
    // A file that is not to be written is not to be replaced either.
    if (old) closeSync(openSync(place.path, constants.O_WRONLY));
    try {
      replace(place.path, bytes, old, keepAs);
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      if (!old || keepAs !== undefined || !NO_ROOM_BESIDE.includes(code)) throw error;
      writeInto(place.path, bytes);
    }
  });
}

/** The folder takes no new file, or the file is a mount point, and cannot be renamed over. */
const NO_ROOM_BESIDE = ["EACCES", "EPERM", "EROFS", "EBUSY"];

function replace(path: string, bytes: Uint8Array, old: Stats | null, keepAs: string | undefined): void {
  const folder = dirname(path);
  const temporary = writeTemporary(folder, bytes, (file) => old && inherit(file, old));
  try {
    if (old && keepAs !== undefined) keep(path, keepAs);
    renameSync(temporary, path);
  } catch (error) {
    discard(temporary);
    throw error;
  }
  syncFolder(folder);
}

/** Gives a new file the owner and the mode of the one that it is to replace. */
function inherit(file: number, { uid, gid, mode }: Stats): void {
  const { uid: ownUid, gid: ownGid } = fstatSync(file);
  let permissions = mode & 0o777;
  if (uid !== ownUid || gid !== ownGid) {
    try {
      fchownSync(file, uid, gid);
    } catch {
      // Only root gives files away. What the old group might do, another group may only where everybody may.
      permissions &= 0o707 | ((mode & 0o7) << 3);
    }
  }
  if (process.platform !== "win32") fchmodSync(file, permissions);
}

/** Gives a file a second name, which may have been another file's, at one stroke. */
function keep(path: string, second: string): void {
  const temporary = temporaryName(dirname(second));
  try {
    try {
      linkSync(path, temporary);
    } catch {
      // Not every file system has hard links.
      copyFileSync(path, temporary, constants.COPYFILE_EXCL);
      const copy = openSync(temporary, "r+");
      try {
        syncFile(copy);
      } finally {
        closeSync(copy);
      }
    }
    renameSync(temporary, second);
  } finally {
    // Renaming a file to another name of itself does nothing, and leaves both.
    discard(temporary);
  }
}

/** Writes into what is there: all that can be done with a device, and less than a file deserves. */
function writeInto(path: string, bytes: Uint8Array): void {
  const file = openSync(path, constants.O_WRONLY);
  try {
    writeAll(file, bytes);
    if (!fstatSync(file).isFile()) return;
    ftruncateSync(file, bytes.length);
    syncFile(file);
  } finally {
    closeSync(file);
  }
}

/**
 * Makes a folder, and those that it lies in, where they are missing; each is on the disk before the next is made.
 * One at a time, because Node's `recursive` never ends below /proc, and takes a failed disk for a missing folder.
 * @throws FileError naming the path and the cure
 */
export function makeFolder(path: string): void {
  explained("make the folder", path, () => makeFolders(path));
}

function makeFolders(path: string): void {
  if (isFolder(path)) return;
  const parent = dirname(path);
  if (parent !== path && !exists(parent)) makeFolders(parent);
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process may have made it meanwhile.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST" || !isFolder(path)) throw error;
  }
  syncFolder(parent);
}

const exists = (path: string): boolean => statSync(path, { throwIfNoEntry: false }) !== undefined;
const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
