import { closeSync, constants, fstatSync, ftruncateSync, openSync, readSync } from "node:fs";
import { explained, FileError } from "./files.js";
import { syncFile } from "./syncing.js";
import { writeAll } from "./temporaryFiles.js";

/** Entries wait in memory until there are this many bytes of them. */
const BUFFER_BYTES = 64 * 1024;

/**
 * A file that grows at its end by whole entries: lines, or records. A write that fails leaves whole entries in the file,
 * and the others wait for the next.
 */
export class AppendLog {
  readonly #path: string;
  readonly #file: number;
  /** Bytes in the file; always whole entries. */
  #written: number;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;

  private constructor(path: string, file: number, written: number) {
    this.#path = path;
    this.#file = file;
    this.#written = written;
  }

  /**
   * Opens a log for appending and cuts it to its first `keep` bytes, the last of which is `ends` where that is given;
   * without `keep` it starts empty.
   * @throws FileError if it cannot be opened, or is not the file whose length was recorded
   */
  static open(
    path: string,
    { keep = 0, ends }: { readonly keep?: number; readonly ends?: number } = {},
  ): AppendLog {
    return explained("open", path, () => {
      const file = openSync(path, keep === 0 ? "a+" : constants.O_RDWR | constants.O_APPEND);
      try {
        const { size } = fstatSync(file);
        if (keep > 0) expectEntryEnds(path, file, size, keep, ends);
        if (size > keep) ftruncateSync(file, keep);
        return new AppendLog(path, file, keep);
      } catch (error) {
        closeSync(file);
        throw error;
      }
    });
  }

  /** Adds an entry; text becomes UTF-8. */
  append(entry: Uint8Array | string): void {
    const bytes = typeof entry === "string" ? new TextEncoder().encode(entry) : entry;
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
    if (this.#pendingBytes >= BUFFER_BYTES) this.flush();
  }

  /** Hands every entry to the system, so that whoever reads the file sees it. Throws FileError. */
  flush(): void {
    if (this.#pending.length === 0) return;
    const bytes = Buffer.concat(this.#pending);
    explained("write", this.#path, () => {
      try {
        writeAll(this.#file, bytes);
      } catch (error) {
        this.#dropPartialEntry();
        throw error;
      }
    });
    this.#written += bytes.length;
    this.#pending = [];
    this.#pendingBytes = 0;
  }

  /** Brings every entry to the disk; returns the file's length in bytes, for the checkpoint. Throws FileError. */
  sync(): number {
    this.flush();
    explained("write", this.#path, () => {
      // A device or pipe (`--metrics /dev/stdout`) has no disk to wait for.
      if (fstatSync(this.#file).isFile()) syncFile(this.#file);
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

  /** After a failed write: the file keeps whole entries, the others stay pending, and a later `sync` may succeed. */
  #dropPartialEntry(): void {
    if (fstatSync(this.#file).isFile()) ftruncateSync(this.#file, this.#written);
  }
}

function expectEntryEnds(
  path: string,
  file: number,
  size: number,
  keep: number,
  ends: number | undefined,
): void {
  const last = new Uint8Array(1);
  if (size >= keep) readSync(file, last, 0, 1, keep - 1);
  if (size >= keep && (ends === undefined || last[0] === ends)) return;
  throw new FileError(
    `cannot resume ${path}: expected a line to end at byte ${keep}, as the checkpoint recorded, in ${size} bytes; ` +
      "use the log that belongs to this checkpoint, or start a new run",
  );
}
