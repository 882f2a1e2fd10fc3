import type { Device } from "./device.js";
import type { DeviceKind } from "./kinds.js";
import type { NativeOptions } from "./native/index.js";
import { ReferenceDevice } from "./reference/index.js";
import { createWasmDevice } from "./wasm/index.js";

export interface InitOptions {
  /**
   * "auto" is "wasm", which works everywhere and starts at once. "native" compiles kernels with the machine's C compiler, in
   * Node, Bun and Deno.
   */
  readonly device?: "auto" | DeviceKind;
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
  if (device === "native") return startNative({ threads, memoryLimit });
  return createWasmDevice({ threads, memoryLimit });
}

/** No bundler may follow this import, as no page has a compiler: hence an address that is only known when it is needed. */
async function startNative(options: NativeOptions): Promise<Device> {
  const address = "./native/index.js";
  const { createNativeDevice }: typeof import("./native/index.js") = await import(/* @vite-ignore */ address);
  return createNativeDevice(options);
}
