import { DIGEST_KEY, isIntact } from "./digest.js";
import { marksOf } from "./marks.js";
import {
  ARRAYS,
  bytesPerElement,
  type DType,
  elementsOf,
  isCount,
  isDType,
  LENGTH_BYTES,
  MAX_HEADER_BYTES,
  METADATA_KEY,
  SafetensorsError,
  shown,
} from "./safetensorsFormat.js";

/** One tensor of a header: its data are the bytes `begin` to `end` (exclusive), counted from the header's end. */
export interface HeaderEntry {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** Header, tensor, list of numbers: a deeper header is hostile. */
const MAX_DEPTH = 3;

/**
 * The checked header of a safetensors file, its tensors in the order of their data, and a view of the data.
 * @throws SafetensorsError, and nothing else, if anything about it is wrong
 */
export function readHeader(bytes: Uint8Array): {
  entries: HeaderEntry[];
  metadata: Record<string, string>;
  hasDigest: boolean;
  data: Uint8Array;
} {
  const intact = isIntact(bytes);
  if (intact === false) throw damaged("what it holds is not what was written");
  if (bytes.length < LENGTH_BYTES) throw damaged(`expected at least 8 bytes, got ${bytes.length}`);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES)) {
    throw damaged(`the header claims ${length} bytes, the format allows ${MAX_HEADER_BYTES}`);
  }
  const start = LENGTH_BYTES + Number(length);
  if (start > bytes.length) {
    throw damaged(`the header claims ${length} bytes, only ${bytes.length - LENGTH_BYTES} follow`);
  }
  if (bytes[LENGTH_BYTES] !== 0x7b || length === 0n) throw damaged('the header does not start with "{"');
  // A plain view, for `slice` to copy: the `slice` of Node's Buffer does not.
  const data = new Uint8Array(bytes.buffer, bytes.byteOffset + start, bytes.length - start);
  const header = parsedHeader(bytes.subarray(LENGTH_BYTES, start));
  const { [DIGEST_KEY]: _, ...metadata } = checkedMetadata(header[METADATA_KEY]);
  const entries = Object.entries(header)
    .filter(([name]) => name !== METADATA_KEY)
    .map(([name, info]) => checkedEntry(name, info))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  assertNoHoles(entries, data.length);
  return { entries, metadata, hasDigest: intact === true, data };
}

function assertNoHoles(entries: readonly HeaderEntry[], bytes: number): void {
  let expected = 0;
  for (const { name, begin, end } of entries) {
    if (begin !== expected) {
      throw damaged(
        `tensor ${shown(name)} starts at byte ${begin} of the data, expected ${expected}: tensors overlap or leave a hole`,
      );
    }
    expected = end;
  }
  if (expected !== bytes) {
    throw damaged(`the tensors take ${expected} bytes of data, the file has ${bytes}`);
  }
}

function damaged(what: string): SafetensorsError {
  return new SafetensorsError(
    `readSafetensors: ${what}; the file is damaged, truncated or no safetensors file; use another copy`,
  );
}

function parsedHeader(bytes: Uint8Array): Record<string, unknown> {
  try {
    const json = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    assertFlatAndUnique(json);
    return JSON.parse(json);
  } catch (error) {
    if (error instanceof SafetensorsError) throw error;
    throw damaged(
      `the header is not JSON in UTF-8 (${shown(error instanceof Error ? error.message : error)})`,
    );
  }
}

/** `JSON.parse` keeps the last of two equal keys and follows any depth; both are forbidden here. */
function assertFlatAndUnique(json: string): void {
  const open: Set<string>[] = [];
  marksOf(json, (mark, begin, end) => {
    if (mark === "{" || mark === "[") {
      if (open.push(new Set()) > MAX_DEPTH) throw damaged(`the header nests deeper than ${MAX_DEPTH} levels`);
    } else if (mark !== '"') {
      open.pop();
    } else if (isKey(json, end)) {
      const key = JSON.parse(json.slice(begin, end));
      if (open.at(-1)?.has(key)) throw damaged(`the header has the key ${shown(key)} twice`);
      open.at(-1)?.add(key);
    }
  });
}

/** Whether a colon follows, after spaces or none. */
function isKey(json: string, end: number): boolean {
  COLON.lastIndex = end;
  return COLON.test(json);
}
const COLON = /[ \t\r\n]*:/y;

function checkedMetadata(value: unknown = {}): Record<string, string> {
  if (!isRecord(value)) throw damaged(`${METADATA_KEY} must map text to text, got ${shown(value)}`);
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== "string") {
      throw damaged(`${METADATA_KEY} ${shown(key)} must be text, got ${shown(text)}`);
    }
  }
  return value as Record<string, string>;
}

function checkedEntry(name: string, info: unknown): HeaderEntry {
  const where = `tensor ${shown(name)}`;
  if (!isRecord(info)) throw damaged(`${where} must be an object, got ${shown(info)}`);
  const { dtype, shape, data_offsets: offsets } = info;
  if (!isDType(dtype)) {
    throw new SafetensorsError(
      `readSafetensors: ${where} has dtype ${shown(dtype)}, expected one of F16, ${Object.keys(ARRAYS).join(", ")}; convert the file`,
    );
  }
  if (!Array.isArray(shape) || !shape.every(isCount)) {
    throw damaged(`${where}: shape must be a list of whole numbers, got ${shown(shape)}`);
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
    throw damaged(`${where}: data_offsets must be two whole numbers, got ${shown(offsets)}`);
  }
  const [begin, end] = offsets as [number, number];
  const elements = elementsOf(shape);
  if (elements === undefined || elements * bytesPerElement(dtype) !== end - begin) {
    throw damaged(
      `${where}: shape [${shown(shape).slice(1, -1)}] of ${dtype} does not take the ${end - begin} bytes of data_offsets`,
    );
  }
  return { name, dtype, shape, begin, end };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
