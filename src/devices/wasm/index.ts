import { cores } from "../cores.js";
import { DeviceUnavailableError } from "../device.js";
import { EngineDevice } from "../engine/device.js";
import { wasmTarget } from "./features.js";
import { EngineMemory } from "./memory.js";
import { Pool } from "./pool.js";

export interface WasmOptions {
  readonly threads?: number | "auto";
  /** Bytes; at most (and by default) the 4 GiB of 32-bit addresses. */
  readonly memoryLimit?: number;
  /** False: no shared memory even where it could be had (for tests). */
  readonly shared?: boolean;
}

/**
 * Starts the WebAssembly engine with as many threads as asked for, or as can be had.
 * @throws DeviceUnavailableError where there is no WebAssembly; DeviceMemoryError where it may have no memory
 */
export async function createWasmDevice(options: WasmOptions = {}): Promise<EngineDevice> {
  if (typeof WebAssembly === "undefined") {
    throw new DeviceUnavailableError(
      `there is no WebAssembly here (Node has none with --jitless, browsers in their strictest modes); use device "reference"`,
    );
  }
  try {
    return await start(options);
  } catch (error) {
    // What a page's security policy forbids comes as an EvalError in some browsers.
    if (!(error instanceof WebAssembly.CompileError || error instanceof EvalError)) throw error;
    throw new DeviceUnavailableError(
      `WebAssembly refuses the kernels here (${error.message}): they need SIMD, and in a page the policy wasm-unsafe-eval`,
      { cause: error },
    );
  }
}

async function start(options: WasmOptions): Promise<EngineDevice> {
  const { threads = "auto", memoryLimit, shared = true } = options;
  const wanted = threads === "auto" ? cores() : threads;
  const obstacle = shared ? whyNoThreads() : "shared memory was not asked for";
  const memory = new EngineMemory(obstacle === null, memoryLimit);
  const pool = new Pool(memory);
  let reason = obstacle ?? (memory.shared ? null : memory.refused);
  if (reason === null && wanted > 1) {
    try {
      await pool.addWorkers(wanted - 1);
    } catch (error) {
      reason = `the worker threads could not be started: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
  const arithmetic = wasmTarget().fma ? "128-bit SIMD with fused multiply-add" : "128-bit SIMD";
  const count = pool.threads;
  const why =
    count === wanted
      ? `WebAssembly, ${arithmetic}, ${count === 1 ? "1 thread" : `${count} threads`}`
      : `WebAssembly, ${arithmetic}, 1 thread instead of ${wanted}: ${reason}`;
  // Said once.
  const less = memory.refused && memory.refused !== reason ? `; ${memory.refused}` : "";
  try {
    return new EngineDevice({ kind: "wasm", threads: count, why: why + less }, pool);
  } catch (error) {
    await pool.dispose();
    throw error;
  }
}

/** What stands against threads here, or null. */
function whyNoThreads(): string | null {
  if (typeof SharedArrayBuffer === "undefined") {
    return "the page is not cross-origin isolated (send COOP: same-origin and COEP: require-corp)";
  }
  if (typeof document !== "undefined")
    return "a page's own thread may not wait for others; start the device in a worker";
  return null;
}
