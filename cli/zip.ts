import { crc32, inflateRawSync } from "node:zlib";
import { DataError } from "./dataFolders.js";

/** What an archive says of one of its files. */
interface Entry {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly header: number;
}

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const END_BYTES = 22;
const CENTRAL_BYTES = 46;
const LOCAL_BYTES = 30;
const LONGEST_COMMENT = 0xffff;
/** What stands in place of a number that only a Zip64 archive has room for. */
const [IN_ZIP64, IN_ZIP64_WIDE] = [0xffff, 0xffffffff];
const STORED = 0;
const DEFLATED = 8;

export interface ZipLimits {
  /** Files that an archive may have. */
  readonly files: number;
  /** Bytes that one of them may unpack to. */
  readonly bytes: number;
}

/**
 * The files of a zip archive whose names `wanted` accepts, one at a time: all sizes, and that no two share their bytes,
 * are checked before anything is unpacked, checksums after, and names are never paths. Zip64, encryption and other methods than store and deflate are refused.
 *
 * @throws DataError, and nothing else, for an archive that is damaged or larger than the limits
 */
export function* unzip(
  archive: { readonly name: string; readonly bytes: Uint8Array },
  wanted: (name: string) => boolean,
  limits: ZipLimits,
): Generator<{ name: string; bytes: Uint8Array }, void, undefined> {
  const fail = (what: string): DataError =>
    new DataError(`${archive.name}: not a whole zip archive (${what}); get it again`);
  const view = new DataView(archive.bytes.buffer, archive.bytes.byteOffset, archive.bytes.byteLength);
  const files = entries(view, limits, fail).filter(({ name }) => wanted(name));
  for (const entry of files) expectModest(entry, limits, fail);
  expectApart(files, fail);
  for (const entry of files) yield { name: entry.name, bytes: unpack(view, entry, fail) };
}

function expectModest({ name, method, packed, size }: Entry, limits: ZipLimits, fail: Fail): void {
  if (method !== STORED && method !== DEFLATED) {
    throw fail(`${name}: encrypted, or packed in an unknown way`);
  }
  if (size <= limits.bytes && packed <= limits.bytes) return;
  throw fail(`${name}: ${size} bytes, packed ${packed}, at most ${limits.bytes} were expected`);
}

/** Files that share their bytes are how a small archive unpacks to a large one. */
function expectApart(files: readonly Entry[], fail: Fail): void {
  const inOrder = [...files].sort((a, b) => a.header - b.header);
  for (const [i, { name, header, packed }] of inOrder.entries()) {
    const next = inOrder[i + 1];
    if (next && header + LOCAL_BYTES + packed > next.header) throw fail(`${name} and ${next.name} overlap`);
  }
}

type Fail = (what: string) => DataError;

/** Reads the list at the archive's end. */
function entries(view: DataView, limits: ZipLimits, fail: Fail): Entry[] {
  const end = endOf(view);
  if (end === null) throw fail(`no list of files at its end, ${view.byteLength} bytes`);
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  if (count === IN_ZIP64 || at === IN_ZIP64_WIDE) throw fail("it is a Zip64 archive, which is not read");
  if (count > limits.files) throw fail(`${count} files, at most ${limits.files} were expected`);
  const found: Entry[] = [];
  for (let i = 0; i < count; i++) {
    if (at + CENTRAL_BYTES > end || view.getUint32(at, true) !== CENTRAL) {
      throw fail(`its list of ${count} files breaks off after ${i}`);
    }
    const nameBytes = view.getUint16(at + 28, true);
    const next =
      at + CENTRAL_BYTES + nameBytes + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    if (next > end) throw fail(`its list of ${count} files breaks off in file ${i}`);
    found.push({
      name: new TextDecoder().decode(slice(view, at + CENTRAL_BYTES, nameBytes)),
      method: view.getUint8(at + 8) & 1 ? -1 : view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      header: view.getUint32(at + 42, true),
    });
    at = next;
  }
  return found;
}

/** Where the end record begins; a comment may follow it. */
function endOf(view: DataView): number | null {
  const last = view.byteLength - END_BYTES;
  for (let at = last; at >= Math.max(0, last - LONGEST_COMMENT); at--) {
    if (
      view.getUint32(at, true) === END &&
      at + END_BYTES + view.getUint16(at + 20, true) === view.byteLength
    ) {
      return at;
    }
  }
  return null;
}

function unpack(view: DataView, entry: Entry, fail: Fail): Uint8Array {
  const { name, method, crc, packed, size, header } = entry;
  const about = (what: string) => fail(`${name}: ${what}`);
  if (header + LOCAL_BYTES > view.byteLength || view.getUint32(header, true) !== LOCAL) {
    throw about("not where the list says");
  }
  const from = header + LOCAL_BYTES + view.getUint16(header + 26, true) + view.getUint16(header + 28, true);
  if (from + packed > view.byteLength) throw about("breaks off");
  const stored = slice(view, from, packed);
  let bytes: Uint8Array;
  try {
    bytes = method === STORED ? stored : inflateRawSync(stored, { maxOutputLength: Math.max(1, size) });
  } catch (error) {
    throw about(`cannot be unpacked, ${(error as Error).message}`);
  }
  if (bytes.length !== size) throw about(`${bytes.length} bytes instead of ${size}`);
  if (crc32(bytes) !== crc) throw about("wrong checksum");
  return bytes;
}

const slice = (view: DataView, from: number, bytes: number): Uint8Array =>
  new Uint8Array(view.buffer, view.byteOffset + from, bytes);
