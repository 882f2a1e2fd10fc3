import { closeSync, openSync, readSync } from "node:fs";
import { explained } from "../files.js";
import { crc32c } from "./crc32c.js";

/** Length, and its checksum. */
const HEADER_BYTES = 12;
const CHECKSUM_BYTES = 4;
/** No event of ours is longer: a length beyond it is damage, not a reason to take so much memory. */
const LONGEST = 1 << 20;

/**
 * CRC-32C as records store it: turned by 15 bits with a constant added, so that the checksum of data that holds checksums
 * is no worse.
 */
function masked(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/**
 * Data as a record of TensorFlow's files: its length (8 bytes), the masked checksum of those, the data, its masked checksum;
 * all little-endian. Source: TensorFlow's guide to TFRecord, "TFRecords format details".
 */
export function record(data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + data.length + CHECKSUM_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length, true);
  view.setUint32(8, masked(bytes.subarray(0, 8)), true);
  bytes.set(data, HEADER_BYTES);
  view.setUint32(HEADER_BYTES + data.length, masked(data), true);
  return bytes;
}

/** A record as it was found, and how long the file is up to its end. */
export interface FoundRecord {
  readonly data: Uint8Array;
  readonly end: number;
}

/** The records of a file in order, up to the first that is cut off or damaged; none where there is no file. */
export function* readRecords(path: string): Generator<FoundRecord> {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  try {
    let end = 0;
    for (;;) {
      const header = read(path, file, HEADER_BYTES, end);
      if (header === null) return;
      const view = new DataView(header.buffer);
      const length = view.getUint32(0, true);
      const isHeader =
        view.getUint32(4, true) === 0 && view.getUint32(8, true) === masked(header.subarray(0, 8));
      if (!isHeader || length > LONGEST) return;
      const body = read(path, file, length + CHECKSUM_BYTES, end + HEADER_BYTES);
      if (body === null) return;
      const data = body.subarray(0, length);
      if (new DataView(body.buffer).getUint32(length, true) !== masked(data)) return;
      end += HEADER_BYTES + body.length;
      yield { data, end };
    }
  } finally {
    closeSync(file);
  }
}

/** So many bytes from a place on; null where the file ends before. */
function read(path: string, file: number, length: number, at: number): Uint8Array | null {
  const bytes = new Uint8Array(length);
  const count = explained("read", path, () => readSync(file, bytes, 0, length, at));
  return count === length ? bytes : null;
}
