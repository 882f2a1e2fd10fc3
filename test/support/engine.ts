import type { Device } from "../../src/devices/device.js";
import { createNativeDevice } from "../../src/devices/native/index.js";
import { createWasmDevice } from "../../src/devices/wasm/index.js";
import { testCache } from "./nativeHere.js";

/**
 * The engine under test: on WebAssembly, or, in the vitest project "native", in C. What compares it with the reference device
 * is written once.
 */
export function startEngine(threads: number): Promise<Device> {
  return process.env.HEBBIAN_ENGINE === "native"
    ? createNativeDevice({ threads, env: testCache() })
    : createWasmDevice({ threads });
}
