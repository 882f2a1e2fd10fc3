/** What writer and reader of safetensors files share: dtypes, limits, the error, and small checks. */

export type TensorData =
  | Float64Array
  | Float32Array
  | BigInt64Array
  | BigUint64Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array;

/** The array type of each dtype in memory. F16 has none of its own: it is held as float32. */
export const ARRAYS = {
  F64: Float64Array,
  F32: Float32Array,
  I64: BigInt64Array,
  U64: BigUint64Array,
  I32: Int32Array,
  U32: Uint32Array,
  I16: Int16Array,
  U16: Uint16Array,
  I8: Int8Array,
  U8: Uint8Array,
};

export type DType = keyof typeof ARRAYS | "F16";

/** The bytes are no valid safetensors file, or the tensors cannot be written as one. */
export class SafetensorsError extends Error {
  override readonly name = "SafetensorsError";
}

export const LENGTH_BYTES = 8;
export const MAX_HEADER_BYTES = 100_000_000;
export const METADATA_KEY = "__metadata__";

export const bytesPerElement = (dtype: DType): number =>
  dtype === "F16" ? 2 : ARRAYS[dtype].BYTES_PER_ELEMENT;
export const isDType = (text: unknown): text is DType =>
  typeof text === "string" && (text === "F16" || Object.hasOwn(ARRAYS, text));
export const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0;

/** Text from a file, cut so that an error stays readable. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}

/** The number of elements of a shape; undefined if that is beyond any memory. */
export function elementsOf(shape: readonly number[]): number | undefined {
  let count = 1;
  for (const side of shape) {
    count *= side;
    if (!Number.isSafeInteger(count)) return undefined;
  }
  return count;
}
