import { KernelModule } from "../loops/module.js";
import type { Target } from "../loops/target.js";
import * as vector from "../loops/vector.js";
import { encodeWasm } from "./encode.js";

/** WebAssembly as every machine has it. Its compilers have up to 16 registers, and spill a few sums before they are full. */
const plain: Target = { lanes: 4, registers: 12, wordBytes: 4, fma: false, exact: false };
/** WebAssembly without any instruction whose result the machine may choose. */
export const exactWasm: Target = { ...plain, exact: true };

let found: Target | null = null;

/**
 * WebAssembly as it is here. Where there is relaxed SIMD, one instruction multiplies and adds; Node 20 has it behind a flag,
 * set here before first use.
 */
export function wasmTarget(): Target {
  found ??= { ...plain, fma: hasRelaxedMadd() };
  return found;
}

function hasRelaxedMadd(): boolean {
  const module = new KernelModule({ ...plain, fma: true });
  const zero = vector.const(0);
  module.func("f", [], ["vector"]).body = vector.madd(zero, zero, zero);
  const probe = encodeWasm(module, { shared: false });
  if (WebAssembly.validate(probe)) return true;
  if (typeof process === "undefined" || typeof process.getBuiltinModule !== "function") return false;
  try {
    process.getBuiltinModule("node:v8").setFlagsFromString("--experimental-wasm-relaxed-simd");
    return WebAssembly.validate(probe);
  } catch {
    return false; // A Node that does not know the flag.
  }
}
