import { f32x4, v128 } from "./code.js";
import { ModuleBuilder } from "./module.js";

let relaxed: boolean | null = null;

/** True if one instruction multiplies and adds (relaxed SIMD). Node 20 has it behind a flag, set here before first use. */
export function hasRelaxedMadd(): boolean {
  if (relaxed !== null) return relaxed;
  const builder = new ModuleBuilder(false);
  const f = builder.func("f", [], ["v128"]);
  const zero = v128.const([0, 0, 0, 0]);
  f.body = f32x4.relaxedMadd(zero, zero, zero);
  const probe = builder.encode();
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
