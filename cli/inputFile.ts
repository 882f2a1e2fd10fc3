import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync } from "node:fs";
import { DataError } from "./dataFolders.js";

/**
 * The bytes of a plain file, or the reason why there are none: it is something else (a folder, a pipe, a link to
 * nothing), larger than `most` bytes, or cannot be read. Never waits for somebody to write into a pipe.
 */
export function bytesOrReason(path: string, most = Infinity): Uint8Array | string {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    return whyNot(path, error);
  }
  try {
    const about = fstatSync(file);
    if (about.isDirectory()) return "it is a folder";
    if (!about.isFile()) return "it is no plain file";
    if (about.size > most) return `it has ${about.size} bytes, at most ${most} were expected`;
    return readFileSync(file);
  } catch (error) {
    return whyNot(path, error);
  } finally {
    closeSync(file);
  }
}

function whyNot(path: string, error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const isLink = code === "ENOENT" && lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink();
  return isLink ? "it is a link to nothing" : `it cannot be read (${code ?? message})`;
}

/** A plain file's bytes. Throws a DataError where there are none, or more than `most`. */
export function readBytes(path: string, most = Infinity): Uint8Array {
  const read = bytesOrReason(path, most);
  if (typeof read !== "string") return read;
  throw new DataError(`${path}: ${read}; check the file and its permissions, or get it again`);
}
