import { AppendLog } from "./appendLog.js";

const NEWLINE = 0x0a;

/**
 * A log of one JSON object a line, for metrics. A checkpoint records what `sync` returns; a run that resumes from it
 * opens the log with `resumeAt`, which drops the lines written since, so that a killed and resumed run leaves the
 * same file as one never interrupted.
 */
export class JsonlLog {
  private constructor(private readonly log: AppendLog) {}

  /**
   * Opens a log for appending and cuts it to its first `resumeAt` bytes; without it the log starts empty.
   * @throws FileError if it cannot be opened, or is not the file whose length was recorded
   */
  static open(path: string, { resumeAt = 0 }: { readonly resumeAt?: number } = {}): JsonlLog {
    return new JsonlLog(AppendLog.open(path, { keep: resumeAt, ends: NEWLINE }));
  }

  /** Adds a line. Numbers must be finite, for JSON would silently turn others into null. */
  append(record: Readonly<Record<string, unknown>>): void {
    this.log.append(`${JSON.stringify(record, refuseNonFinite)}\n`);
  }

  /** Hands every line to the system, so that whoever reads the file sees it. Throws FileError. */
  flush(): void {
    this.log.flush();
  }

  /** Brings every line to the disk; returns the file's length in bytes, for the checkpoint. Throws FileError. */
  sync(): number {
    return this.log.sync();
  }

  /** Syncs and closes; the log is unusable afterwards. Returns the file's length in bytes. */
  close(): number {
    return this.log.close();
  }
}

function refuseNonFinite(key: string, value: unknown): unknown {
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new RangeError(`JsonlLog.append: "${key}" must be a finite number, got ${value}; log it as text`);
  }
  return value;
}
