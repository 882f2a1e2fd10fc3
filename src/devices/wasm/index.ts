import { EngineDevice } from "../engine/device.js";
import { wasmTarget } from "./features.js";
import { EngineMemory } from "./memory.js";
import { nodeModule, Pool } from "./pool.js";

export interface WasmOptions {
  readonly threads?: number | "auto";
  /** Bytes; at most (and by default) the 4 GiB of 32-bit addresses. */
  readonly memoryLimit?: number;
  /** False: no shared memory even where it could be had (for tests). */
  readonly shared?: boolean;
}

/** Starts the WebAssembly engine with as many threads as asked for, or as can be had. */
export async function createWasmDevice(options: WasmOptions = {}): Promise<EngineDevice> {
  const { threads = "auto", memoryLimit, shared = true } = options;
  const wanted = threads === "auto" ? cores() : threads;
  const obstacle = shared ? whyNoThreads() : "shared memory was not asked for";
  const memory = new EngineMemory(obstacle === null, memoryLimit);
  const pool = new Pool(memory);
  let reason = obstacle;
  if (obstacle === null && wanted > 1) {
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
  return new EngineDevice({ kind: "wasm", threads: count, why }, pool);
}

function cores(): number {
  return nodeModule("node:os")?.availableParallelism() ?? globalThis.navigator?.hardwareConcurrency ?? 1;
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
