import { crc32 } from "node:zlib";
import type { Random } from "../../src/tasks/index.js";

/** A file as another one that it was not meant to be, and what was done to it. */
export interface Damaged {
  readonly how: string;
  readonly bytes: Uint8Array;
}

/** What happens to files, on disks, on the way, and on purpose. `others` are whole files to take pieces from. */
export function damaged(rng: Random, file: Uint8Array, others: readonly Uint8Array[]): Damaged {
  const kinds = [flipped, flipped, truncated, zeroed, inserted, cutOut, spliced, counted, digits, chunk];
  for (;;) {
    const result = kinds[rng.integer(kinds.length)]!(rng, file, others);
    if (result && !Buffer.from(result.bytes).equals(file)) return result;
  }
}

type Damage = (rng: Random, file: Uint8Array, others: readonly Uint8Array[]) => Damaged | null;

const flipped: Damage = (rng, file) => {
  const bytes = file.slice();
  // As often in the header as anywhere else, where most bytes are numbers.
  const at = rng.integer(rng.integer(2) ? file.length : Math.min(file.length, 512));
  const bit = rng.integer(8);
  bytes[at]! ^= 1 << bit;
  return { how: `bit ${bit} of byte ${at} flipped`, bytes };
};

const truncated: Damage = (rng, file) => {
  const length = rng.integer(file.length);
  return { how: `cut to ${length} bytes`, bytes: file.slice(0, length) };
};

/** A sector that the disk lost, small enough to lie within a small file. */
const zeroed: Damage = (rng, file) => {
  const sector = [16, 64, 512][rng.integer(3)]!;
  const at = sector * rng.integer(Math.ceil(file.length / sector));
  const bytes = file.slice();
  bytes.fill(0, at, at + sector);
  return { how: `${sector} bytes from ${at} zeroed`, bytes };
};

const inserted: Damage = (rng, file) => {
  const at = rng.integer(file.length + 1);
  const more = Uint8Array.from({ length: 1 + rng.integer(16) }, () => rng.integer(256));
  const bytes = Buffer.concat([file.subarray(0, at), more, file.subarray(at)]);
  return { how: `${more.length} bytes put in at ${at}`, bytes: Uint8Array.from(bytes) };
};

const cutOut: Damage = (rng, file) => {
  const at = rng.integer(file.length);
  const count = 1 + rng.integer(16);
  const bytes = Buffer.concat([file.subarray(0, at), file.subarray(at + count)]);
  return { how: `${count} bytes from ${at} taken out`, bytes: Uint8Array.from(bytes) };
};

const spliced: Damage = (rng, file, others) => {
  const other = others[rng.integer(others.length)]!;
  const at = rng.integer(Math.min(file.length, other.length));
  const bytes = Buffer.concat([other.subarray(0, at), file.subarray(at)]);
  return { how: `its first ${at} bytes taken from another file`, bytes: Uint8Array.from(bytes) };
};

/** Any four bytes may be a length. */
const counted: Damage = (rng, file) => {
  const bytes = file.slice();
  const at = rng.integer(2) ? rng.integer(16) : rng.integer(Math.max(1, file.length - 4));
  if (at + 4 > file.length) return null;
  const value = [0, 1, 0x7fffffff, 0xffffffff, file.length, rng.integer(2 ** 32)][rng.integer(6)]!;
  new DataView(bytes.buffer).setUint32(at, value, rng.integer(2) === 0);
  return { how: `the number at ${at} set to ${value}`, bytes };
};

/** A number written as text, in a header of JSON, becomes another of as many digits. */
const digits: Damage = (rng, file) => {
  const text = Buffer.from(file).toString("latin1");
  const found = [...text.matchAll(/(?<=[[:,"])\d{1,15}(?=[\],}"])/g)];
  if (found.length === 0) return null;
  const { index, 0: old } = found[rng.integer(found.length)]!;
  const put = Array.from(old, () => String(rng.integer(10))).join("");
  const bytes = Buffer.from(text.slice(0, index) + put + text.slice(index + old.length), "latin1");
  return { how: `${old} at ${index} made ${put}`, bytes: Uint8Array.from(bytes) };
};

const PNG = [0x89, 0x50, 0x4e, 0x47];

/** A byte of a PNG's chunk changed by somebody who mends its checksum. */
const chunk: Damage = (rng, file) => {
  if (!PNG.every((byte, k) => file[k] === byte)) return null;
  const bytes = file.slice();
  const view = new DataView(bytes.buffer);
  const starts: number[] = [];
  for (let at = 8; at + 12 <= bytes.length; at += 12 + view.getUint32(at)) starts.push(at);
  const start = starts[rng.integer(starts.length)]!;
  const length = view.getUint32(start);
  const at = start + 4 + rng.integer(4 + length);
  bytes[at] = rng.integer(256);
  view.setUint32(start + 8 + length, crc32(bytes.subarray(start + 4, start + 8 + length)));
  return { how: `byte ${at} of a chunk made ${bytes[at]}, its checksum mended`, bytes };
};
