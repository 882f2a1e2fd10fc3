import { closeSync, constants, openSync, renameSync } from "node:fs";
import { dirname } from "node:path";
import { AppendLog } from "./appendLog.js";
import { csvRow } from "./csv.js";
import { explained } from "./files.js";
import { type MetricsLine, readMetrics } from "./metrics.js";
import { syncFile } from "./syncing.js";
import { discard, temporaryName, writeAll } from "./temporaryFiles.js";

/** Rows are written together until there are so many characters of them. */
const PIECE = 1 << 16;

/**
 * metrics.csv: the lines of metrics.jsonl as rows of a table, for spreadsheets and data frames. Its content follows from
 * those lines alone, so it is made anew from them whenever a run goes on: no row is doubled or missing, whatever was
 * killed when. Columns are the keys in the order in which they first came; a row without one of them has an empty cell.
 */
export class MetricsTable {
  private constructor(
    private readonly log: AppendLog,
    private readonly columns: string[],
  ) {}

  /** Makes the table at `path` of the lines in `metrics`, and opens it for more. Throws a FileError. */
  static open(path: string, metrics: string): MetricsTable {
    const columns = columnsOf(metrics);
    const bytes = replaceWith(path, rows(metrics, columns));
    return new MetricsTable(AppendLog.open(path, { keep: bytes }), columns);
  }

  /** False for a line with a key that has no column: then the table must be made anew. */
  takes(line: MetricsLine): boolean {
    return Object.keys(line).every((key) => this.columns.includes(key));
  }

  append(line: MetricsLine): void {
    this.log.append(rowOf(line, this.columns));
  }

  flush(): void {
    this.log.flush();
  }

  sync(): void {
    this.log.sync();
  }

  close(): void {
    this.log.close();
  }
}

function columnsOf(metrics: string): string[] {
  const columns = new Set<string>();
  for (const line of readMetrics(metrics, "episode")) for (const key of Object.keys(line)) columns.add(key);
  return [...columns];
}

const rowOf = (line: MetricsLine, columns: readonly string[]): string =>
  csvRow(columns.map((key) => (Object.hasOwn(line, key) ? line[key]! : null)));

function* rows(metrics: string, columns: readonly string[]): Generator<string> {
  if (columns.length > 0) yield csvRow(columns);
  for (const line of readMetrics(metrics, "episode")) yield rowOf(line, columns);
}

/** Writes a file whole or not at all, piece by piece: it may be larger than the memory. Returns its length in bytes. */
function replaceWith(path: string, pieces: Iterable<string>): number {
  return explained("write", path, () => {
    const temporary = temporaryName(dirname(path));
    const { O_CREAT, O_EXCL, O_NOFOLLOW = 0, O_WRONLY } = constants;
    const file = openSync(temporary, O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY, 0o666);
    let [length, waiting] = [0, ""];
    const write = () => {
      const bytes = new TextEncoder().encode(waiting);
      writeAll(file, bytes);
      length += bytes.length;
      waiting = "";
    };
    try {
      try {
        for (const piece of pieces) {
          waiting += piece;
          if (waiting.length >= PIECE) write();
        }
        write();
        syncFile(file);
      } finally {
        closeSync(file);
      }
      renameSync(temporary, path);
      return length;
    } catch (error) {
      discard(temporary);
      throw error;
    }
  });
}
