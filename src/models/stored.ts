import { fileSize } from "./fileSize.js";
import { expectFormat } from "./format.js";
import { errorAt } from "./modelError.js";
import { readSafetensors, type StoredTensors } from "./safetensors.js";

/**
 * What `read` makes of a model or a snapshot; `where` names it in errors.
 * @throws ModelError, and nothing else, as long as `read` does so
 */
export function readStored<T>(
  bytes: Uint8Array,
  format: string,
  where: string,
  read: (stored: StoredTensors) => T,
): T {
  try {
    // A header beyond any model's is not worth reading.
    fileSize(bytes);
    const stored = readSafetensors(bytes);
    expectFormat(stored, format);
    return read(stored);
  } catch (error) {
    throw errorAt(where, error);
  }
}
