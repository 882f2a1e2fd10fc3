import { closeSync, existsSync, openSync, readSync } from "node:fs";
import type { CurvePoint } from "../src/figures/curve.js";
import { explained, FileError } from "./files.js";

/** A line of metrics.jsonl: `episode`, and numbers by name. */
export type MetricsLine = Readonly<Record<string, number>>;

/** Read at one go. */
const CHUNK_BYTES = 1 << 20;
/** No run writes longer ones: a file without any new line would have to be held in memory. */
const LONGEST_LINE = 1 << 20;
const NEWLINE = 0x0a;

/**
 * The lines of metrics.jsonl in order, read piece by piece: a file may be larger than a string or the memory. A last line
 * that a kill has cut off ends in no newline and is left out; without a file there are none. `needed`: what every line must
 * have beside its episode.
 * @throws FileError for a line that no run has written, by its number
 */
export function* readMetrics(path: string, needed: string, chunkBytes = CHUNK_BYTES): Generator<MetricsLine> {
  let number = 0;
  let before = 0;
  const damaged = (why: string, cause?: unknown) =>
    new FileError(`${path} is damaged in line ${number}: ${why}; restore it, or start a new run`, { cause });
  for (const text of wholeLines(path, chunkBytes)) {
    if (text === null) {
      number++;
      throw damaged(`it is longer than ${LONGEST_LINE} bytes`);
    }
    for (const line of text.split("\n")) {
      number++;
      const record = parsed(line, damaged);
      const { episode } = record;
      if (!Number.isSafeInteger(episode) || episode! <= before) {
        throw damaged(`episode must be a whole number above ${before}, got ${episode}`);
      }
      if (!Object.hasOwn(record, needed)) throw damaged(`it has no ${needed}`);
      before = episode!;
      yield record;
    }
  }
}

/** How many lines `readMetrics` has; looks at nothing else. */
export function countMetrics(path: string, chunkBytes = CHUNK_BYTES): number {
  let count = 0;
  for (const chunk of chunks(path, chunkBytes)) {
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) count++;
  }
  return count;
}

/** Points of a curve in a figure: many times as many as it has pixels, and few enough to be drawn in a moment. */
const MOST_POINTS = 20_000;

/** The metric over the episodes; of more lines than a figure can show, every second, third... of them. */
export function curvePoints(path: string, metric: string, most = MOST_POINTS): CurvePoint[] {
  const every = Math.ceil(countMetrics(path) / most);
  const points: CurvePoint[] = [];
  let k = 0;
  for (const line of readMetrics(path, metric)) {
    if (++k % every === 0) points.push({ episode: line.episode!, value: line[metric]! });
  }
  return points;
}

function parsed(line: string, damaged: (why: string, cause?: unknown) => FileError): MetricsLine {
  let record: unknown;
  try {
    record = JSON.parse(line);
  } catch (error) {
    throw damaged("it is no JSON", error);
  }
  if (typeof record !== "object" || record === null || Array.isArray(record)) {
    throw damaged("it is no JSON object");
  }
  for (const [key, value] of Object.entries(record)) {
    if (!Number.isFinite(value)) throw damaged(`${key} must be a number, got ${JSON.stringify(value)}`);
  }
  return record as MetricsLine;
}

/** As many whole lines at a time as a chunk ends, without the last newline; null for one that is too long. */
function* wholeLines(path: string, chunkBytes: number): Generator<string | null> {
  let rest = Buffer.alloc(0);
  for (const chunk of chunks(path, chunkBytes)) {
    const end = chunk.lastIndexOf(NEWLINE);
    if (rest.length > LONGEST_LINE) yield null;
    if (end >= 0) yield Buffer.concat([rest, chunk.subarray(0, end)]).toString("utf8");
    rest = end < 0 ? Buffer.concat([rest, chunk]) : Buffer.from(chunk.subarray(end + 1));
  }
}

/** A file piece by piece; each is overwritten by the next. */
function* chunks(path: string, chunkBytes: number): Generator<Buffer> {
  if (!existsSync(path)) return;
  const file = explained("read", path, () => openSync(path, "r"));
  try {
    const buffer = Buffer.alloc(chunkBytes);
    for (;;) {
      const count = explained("read", path, () => readSync(file, buffer));
      if (count === 0) return;
      yield buffer.subarray(0, count);
    }
  } finally {
    closeSync(file);
  }
}
