import { vector } from "../loops/code.js";
import { KernelModule } from "../loops/module.js";
import { encodeWasm } from "./encode.js";

let relaxed: boolean | null = null;

/** True if one instruction multiplies and adds (relaxed SIMD). Node 20 has it behind a flag, set here before first use. */
export function hasRelaxedMadd(): boolean {
  if (relaxed !== null) return relaxed;
  const module = new KernelModule();
  const zero = vector.const(0);
  module.func("f", [], ["vector"]).body = vector.madd(zero, zero, zero);
  const probe = encodeWasm(module, { shared: false, fma: true });
  relaxed = WebAssembly.validate(probe);
  if (!relaxed && typeof process !== "undefined" && typeof process.getBuiltinModule === "function") {
    try {
      process.getBuiltinModule("node:v8").setFlagsFromString("--experimental-wasm-relaxed-simd");
      relaxed = WebAssembly.validate(probe);
    } catch {
      relaxed = false; // A Node that does not know the flag.
    }
  }
  return relaxed;
}
