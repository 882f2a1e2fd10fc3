import type { Device } from "./device.js";
import { ReferenceDevice } from "./reference/index.js";
import { createWasmDevice } from "./wasm/index.js";

export interface InitOptions {
  /** "auto" takes the fastest that works here. */
  readonly device?: "auto" | "wasm" | "reference";
  /** Threads to use; "auto" is one for each core. Without shared memory there is only one. */
  readonly threads?: number | "auto";
  /** The most bytes that the device may hold; refused with an estimate before anything is allocated. */
  readonly memoryLimit?: number;
}

/**
 * Starts a device. `device.info` says which was chosen, with how many threads, and why: where threads cannot be had
 * (no shared memory, a page's own thread), there is one. Call `dispose` when done.
 *
 * @throws RangeError for a number of threads that is none
 */
export async function init(options: InitOptions = {}): Promise<Device> {
  const { device = "auto", threads = "auto", memoryLimit } = options;
  if (threads !== "auto" && !(Number.isInteger(threads) && threads >= 1)) {
    throw new RangeError(`init: threads must be a whole number of at least 1 or "auto", got ${threads}`);
  }
  if (device === "reference") return new ReferenceDevice();
  return createWasmDevice({ threads, memoryLimit });
}
