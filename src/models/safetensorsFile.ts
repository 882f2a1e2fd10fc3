import { DIGEST_KEY, NO_DIGEST, sign } from "./digest.js";
import {
  bytesPerElement,
  type DType,
  LENGTH_BYTES,
  MAX_HEADER_BYTES,
  METADATA_KEY,
  SafetensorsError,
  type TensorData,
} from "./safetensorsFormat.js";

/** A tensor of a file, whose `data` are as they are stored: halves are 16-bit words. */
export interface Part {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

/**
 * The bytes of a safetensors file. Tensors lie in order of falling element size, then of name, which keeps every
 * one aligned to its element size; the header is padded with spaces so that the data starts at a multiple of 8.
 * The first entry of its metadata is a digest of all the rest (`digest.ts`), instead of any that `metadata` has.
 * That names differ and shapes fit, whoever makes the parts has seen to.
 */
export function partsAsFile(
  unsorted: readonly Part[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const parts = [...unsorted].sort(
    (a, b) => bytesPerElement(b.dtype) - bytesPerElement(a.dtype) || (a.name < b.name ? -1 : 1),
  );
  let end = 0;
  const entries = [`${JSON.stringify(METADATA_KEY)}:{${notes(metadata)}}`];
  for (const { name, dtype, shape, data } of parts) {
    const offsets = [end, end + data.byteLength];
    entries.push(`${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: offsets })}`);
    end += data.byteLength;
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
  for (const { data } of parts) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  sign(file);
  return file;
}

/** Written one by one: an object would put keys such as "1" before the digest. */
const notes = (metadata: Readonly<Record<string, string>>): string =>
  [[DIGEST_KEY, NO_DIGEST], ...Object.entries(metadata).filter(([key]) => key !== DIGEST_KEY)]
    .map((note) => note.map((text) => JSON.stringify(text)).join(":"))
    .join();
