import { float16Bits, fromFloat16 } from "./float16.js";
import { type Part, partsAsFile } from "./safetensorsFile.js";
import {
  ARRAYS,
  type DType,
  elementsOf,
  isCount,
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
 * The bytes of a safetensors file, as `partsAsFile` puts them together.
 * @throws SafetensorsError if a shape does not fit its data, or a dtype its array type
 */
export function writeSafetensors(
  tensors: Readonly<Record<string, TensorToWrite>>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  return partsAsFile(
    Object.entries(tensors).map(([name, tensor]) => encoded(name, tensor)),
    metadata,
  );
}

function encoded(name: string, { shape, data, dtype }: TensorToWrite): Part {
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
  return { name, dtype: dtype ?? own, shape, data: stored };
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
