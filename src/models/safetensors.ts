import { DIGEST_KEY, NO_DIGEST, sign } from "./digest.js";
import { float16Bits, fromFloat16 } from "./float16.js";
import {
  ARRAYS,
  bytesPerElement,
  type DType,
  elementsOf,
  isCount,
  LENGTH_BYTES,
  MAX_HEADER_BYTES,
  METADATA_KEY,
  SafetensorsError,
  shown,
  type TensorData,
} from "./safetensorsFormat.js";
import { readHeader } from "./safetensorsHeader.js";

export { type DType, SafetensorsError, type TensorData } from "./safetensorsFormat.js";

/**
 * Named arrays in one file, as https://github.com/huggingface/safetensors (section "Format") defines it:
 * a header length (8 bytes, little-endian), a JSON header, then the data, row-major and little-endian.
 * Typed arrays are copied as they lie in memory, so the machine must be little-endian, as WebAssembly's memory is.
 */

/** A tensor to write. `dtype` is the one of `data`'s array type unless "F16" asks for rounding to half precision. */
export interface TensorToWrite {
  readonly shape: readonly number[];
  readonly data: TensorData;
  readonly dtype?: DType;
}

/** A file as read. */
export interface StoredTensors {
  /** In the order of their data. */
  readonly tensors: Map<string, StoredTensor>;
  /** Without the digest. */
  readonly metadata: Record<string, string>;
  /** It carries its digest, and is what was written. False for files of other programs, and of ours from before digests. */
  readonly hasDigest: boolean;
}

/** A tensor as read: `data` is row-major, a copy of its own; float32 where `dtype` is "F16". */
export interface StoredTensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

/**
 * The bytes of a safetensors file. Tensors lie in order of falling element size, then of name, which keeps every
 * one aligned to its element size; the header is padded with spaces so that the data starts at a multiple of 8.
 * The first entry of its metadata is a digest of all the rest (`digest.ts`), instead of any that `metadata` has.
 * @throws SafetensorsError if a shape does not fit its data, or a dtype its array type
 */
export function writeSafetensors(
  tensors: Readonly<Record<string, TensorToWrite>>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const parts = Object.entries(tensors).map(([name, tensor]) => ({ name, ...encoded(name, tensor) }));
  parts.sort((a, b) => bytesPerElement(b.dtype) - bytesPerElement(a.dtype) || (a.name < b.name ? -1 : 1));

  let end = 0;
  const entries = [`${JSON.stringify(METADATA_KEY)}:{${notes(metadata)}}`];
  for (const { name, dtype, shape, bytes } of parts) {
    const offsets = [end, end + bytes.length];
    entries.push(`${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: offsets })}`);
    end += bytes.length;
  }
  const json = new TextEncoder().encode(`{${entries.join(",")}}`);
  const headerBytes = Math.ceil(json.length / 8) * 8;
  if (headerBytes > MAX_HEADER_BYTES) {
    throw new SafetensorsError(
      `writeSafetensors: the header would have ${headerBytes} bytes, the format allows ${MAX_HEADER_BYTES}; write fewer tensors or less metadata`,
    );
  }

  const file = new Uint8Array(LENGTH_BYTES + headerBytes + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.set(json, LENGTH_BYTES);
  file.fill(0x20, LENGTH_BYTES + json.length, LENGTH_BYTES + headerBytes);
  let at = LENGTH_BYTES + headerBytes;
  for (const { bytes } of parts) {
    file.set(bytes, at);
    at += bytes.length;
  }
  sign(file);
  return file;
}

/** Written one by one: an object would put keys such as "1" before the digest. */
const notes = (metadata: Readonly<Record<string, string>>): string =>
  [[DIGEST_KEY, NO_DIGEST], ...Object.entries(metadata).filter(([key]) => key !== DIGEST_KEY)]
    .map((note) => note.map((text) => JSON.stringify(text)).join(":"))
    .join();

function encoded(name: string, { shape, data, dtype }: TensorToWrite) {
  const where = `writeSafetensors: tensor ${shown(name)}`;
  if (name === METADATA_KEY) throw new SafetensorsError(`${where}: that name is reserved; choose another`);
  if (!shape.every(isCount) || elementsOf(shape) !== data.length) {
    throw new SafetensorsError(
      `${where}: shape [${shape}] does not hold its ${data.length} elements; pass the shape of the data`,
    );
  }
  const own = (Object.keys(ARRAYS) as (keyof typeof ARRAYS)[]).find((key) => data instanceof ARRAYS[key]);
  const isFloat = data instanceof Float32Array || data instanceof Float64Array;
  if (own === undefined || (dtype !== undefined && dtype !== own && !(dtype === "F16" && isFloat))) {
    throw new SafetensorsError(
      `${where}: cannot write ${data.constructor.name} as ${dtype}; convert the data, or leave dtype out`,
    );
  }
  const stored = dtype === "F16" ? Uint16Array.from(data as Float32Array | Float64Array, float16Bits) : data;
  return {
    dtype: dtype ?? own,
    shape,
    bytes: new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength),
  };
}

/**
 * Reads a safetensors file. Every length is checked against `bytes` before anything is allocated, so hostile input
 * costs at most a small multiple of its own size.
 * @throws SafetensorsError, and nothing else, if the bytes are truncated, damaged, not what their digest says, or of an
 *   unknown dtype
 */
export function readSafetensors(bytes: Uint8Array): StoredTensors {
  const { entries, data, ...about } = readHeader(bytes);
  const tensors = new Map<string, StoredTensor>();
  for (const { name, dtype, shape, begin, end } of entries) {
    // `slice` copies, which also aligns the data to its element size.
    tensors.set(name, { dtype, shape, data: decoded(dtype, data.slice(begin, end).buffer) });
  }
  return { tensors, ...about };
}

function decoded(dtype: DType, buffer: ArrayBuffer): TensorData {
  if (dtype === "F16") return fromFloat16(new Uint16Array(buffer));
  return new ARRAYS[dtype](buffer);
}
