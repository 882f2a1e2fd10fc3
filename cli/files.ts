import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";

/** A file could not be written or read; the message names the path, the reason and the cure. */
export class FileError extends Error {
  override readonly name = "FileError";
}

/** What a person can do about the usual reasons. */
const CURES: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full; free some space or write to another disk",
  EDQUOT: "your disk quota is used up; free some space or write to another disk",
  EFBIG: "the file is larger than the system allows; raise the limit (ulimit -f) or write to another disk",
  EACCES: "permission denied; make the folder writable or choose another one",
  EPERM: "permission denied; make the folder writable or choose another one",
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

/** `writeSync` may write only a part; the next call then says why. */
function writeAll(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
}

const asBytes = (content: Uint8Array | string): Uint8Array =>
  typeof content === "string" ? new TextEncoder().encode(content) : content;

/**
 * Writes a file whole or not at all: into a temporary file in the same folder, to the disk, then renamed over
 * `path`. Whoever opens `path`, even after a power cut, finds the old content or the new. Text is written as UTF-8.
 * @throws FileError naming the path and the cure; the temporary file is removed and the old file untouched
 */
export function writeAtomic(path: string, content: Uint8Array | string): void {
  explained("write", path, () => {
    const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
    const file = openSync(temporary, "w");
    try {
      try {
        writeAll(file, asBytes(content));
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(temporary, path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
    syncFolder(dirname(path));
  });
}

/** The rename itself reaches the disk with its folder. Windows cannot open folders, and needs no such call. */
function syncFolder(folder: string): void {
  if (process.platform === "win32") return;
  const file = openSync(folder, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Lines wait in memory until there are this many bytes of them. */
const BUFFER_BYTES = 64 * 1024;
const NEWLINE = 0x0a;

/**
 * A log of one JSON object a line, for metrics. A checkpoint records what `sync` returns; a run that resumes from it
 * opens the log with `resumeAt`, which drops the lines written since, so that a killed and resumed run leaves the
 * same file as one never interrupted.
 */
export class JsonlLog {
  readonly #path: string;
  readonly #file: number;
  /** Bytes in the file; always whole lines. */
  #written: number;
  #pending: string[] = [];
  #pendingChars = 0;

  private constructor(path: string, file: number, written: number) {
    this.#path = path;
    this.#file = file;
    this.#written = written;
  }

  /**
   * Opens a log for appending and cuts it to its first `resumeAt` bytes; without it the log starts empty.
   * @throws FileError if it cannot be opened, or is not the file whose length was recorded
   */
  static open(path: string, { resumeAt = 0 }: { readonly resumeAt?: number } = {}): JsonlLog {
    return explained("open", path, () => {
      const file = openSync(path, resumeAt === 0 ? "a+" : constants.O_RDWR | constants.O_APPEND);
      try {
        const { size } = fstatSync(file);
        assertResumable(path, file, size, resumeAt);
        if (size > resumeAt) ftruncateSync(file, resumeAt);
        return new JsonlLog(path, file, resumeAt);
      } catch (error) {
        closeSync(file);
        throw error;
      }
    });
  }

  /** Adds a line. Numbers must be finite, for JSON would silently turn others into null. */
  append(record: Readonly<Record<string, unknown>>): void {
    const line = `${JSON.stringify(record, refuseNonFinite)}\n`;
    this.#pending.push(line);
    this.#pendingChars += line.length;
    if (this.#pendingChars >= BUFFER_BYTES) this.#flush();
  }

  /** Brings every line to the disk; returns the file's length in bytes, for the checkpoint. Throws FileError. */
  sync(): number {
    this.#flush();
    explained("write", this.#path, () => {
      // A device or pipe (`--metrics /dev/stdout`) has no disk to wait for.
      if (fstatSync(this.#file).isFile()) fsyncSync(this.#file);
    });
    return this.#written;
  }

  /** Syncs and closes; the log is unusable afterwards. Returns the file's length in bytes. */
  close(): number {
    try {
      return this.sync();
    } finally {
      closeSync(this.#file);
    }
  }

  #flush(): void {
    if (this.#pending.length === 0) return;
    const bytes = asBytes(this.#pending.join(""));
    explained("write", this.#path, () => {
      try {
        writeAll(this.#file, bytes);
      } catch (error) {
        this.#dropPartialLine();
        throw error;
      }
    });
    this.#written += bytes.length;
    this.#pending = [];
    this.#pendingChars = 0;
  }

  /** After a failed write: the file keeps whole lines, the others stay pending, and a later `sync` may succeed. */
  #dropPartialLine(): void {
    if (fstatSync(this.#file).isFile()) ftruncateSync(this.#file, this.#written);
  }
}

function assertResumable(path: string, file: number, size: number, resumeAt: number): void {
  const last = new Uint8Array(1);
  if (resumeAt > 0 && size >= resumeAt) readSync(file, last, 0, 1, resumeAt - 1);
  if (resumeAt === 0 || last[0] === NEWLINE) return;
  throw new FileError(
    `cannot resume ${path}: expected a line to end at byte ${resumeAt}, as the checkpoint recorded, in ${size} bytes; ` +
      "use the log that belongs to this checkpoint, or start a new run",
  );
}

function refuseNonFinite(key: string, value: unknown): unknown {
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new RangeError(`JsonlLog.append: "${key}" must be a finite number, got ${value}; log it as text`);
  }
  return value;
}
