import { mostThreads } from "./cores.js";
import { type Device, DeviceUnavailableError } from "./device.js";
import { deviceKinds } from "./kinds.js";
import type { NativeOptions } from "./native/index.js";
import { ReferenceDevice } from "./reference/index.js";
import { createWasmDevice } from "./wasm/index.js";

const KINDS = ["auto", ...deviceKinds] as const;

/** What `init` may be told; nothing needs to be. */
export interface InitOptions {
  /**
   * "auto" is "wasm", which works nearly everywhere and starts at once. "native" compiles kernels with the machine's C
   * compiler, in Node, Bun and Deno.
   */
  readonly device?: (typeof KINDS)[number];
  /** Threads to use, up to `mostThreads()`; "auto" is one for each core. Without shared memory there is only one. */
  readonly threads?: number | "auto";
  /** The most bytes that the device may hold; refused with an estimate before anything is allocated. */
  readonly memoryLimit?: number;
}

/**
 * Starts a device. `device.info` says which was chosen, with how many threads, and why: where threads cannot be had
 * (no shared memory, a page's own thread), there is one; where there is no WebAssembly, "auto" takes the reference device.
 * Call `dispose` when done.
 *
 * @throws TypeError for an option that there is not; RangeError for one out of range
 * @throws DeviceMemoryError if the system lets WebAssembly have no memory
 * @throws DeviceUnavailableError if "wasm" or "native" was asked for and cannot work here; it says what is missing
 */
export async function init(options: InitOptions = {}): Promise<Device> {
  const { device, threads, memoryLimit } = checked(options);
  if (device === "reference") return new ReferenceDevice();
  if (device === "native") return startNative({ threads, memoryLimit });
  try {
    return await createWasmDevice({ threads, memoryLimit });
  } catch (error) {
    if (device === "wasm" || !(error instanceof DeviceUnavailableError)) throw error;
    return new ReferenceDevice(`float64 in plain loops, slow; ${error.message}`);
  }
}

/** No bundler may follow this import, as no page has a compiler: hence an address that is only known when it is needed. */
async function startNative(options: NativeOptions): Promise<Device> {
  const address = "./native/index.js";
  const { createNativeDevice }: typeof import("./native/index.js") = await import(/* @vite-ignore */ address);
  return createNativeDevice(options);
}

function checked(options: InitOptions) {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`init: expected options, { device, threads, memoryLimit }, got ${String(options)}`);
  }
  const { device = "auto", threads = "auto", memoryLimit, ...others } = options;
  for (const other of Object.keys(others)) {
    throw new TypeError(`init: there is no option "${other}"; there are device, threads and memoryLimit`);
  }
  if (!KINDS.includes(device)) {
    throw new RangeError(`init: device must be one of ${KINDS.join(", ")}, got ${shown(device)}`);
  }
  if (threads !== "auto" && !(Number.isInteger(threads) && threads >= 1 && threads <= mostThreads())) {
    throw new RangeError(
      `init: threads must be a whole number from 1 to ${mostThreads()}, or "auto" for one a core, got ${shown(threads)}`,
    );
  }
  if (memoryLimit !== undefined && !(typeof memoryLimit === "number" && memoryLimit > 0)) {
    throw new RangeError(`init: memoryLimit must be a number of bytes above 0, got ${shown(memoryLimit)}`);
  }
  return { device, threads, memoryLimit };
}

const shown = (value: unknown): string => {
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
};
