import type { KernelModule } from "../loops/module.js";
import { type Import, memoryImport, moduleBytes } from "./binary.js";
import { EngineInstructionWriter } from "./engineInstructions.js";

/** The engine's table of kernels, of any size. */
const tableImport: Import = ["table", [0x01, 0x70, 0x00, 0]];

/** Kernels of the engine as a WebAssembly module over its memory and table. `shared`: the memory is shared between threads. */
export function encodeWasm(
  module: KernelModule,
  { shared }: { readonly shared: boolean },
): Uint8Array<ArrayBuffer> {
  return moduleBytes(
    module,
    [memoryImport(shared), tableImport],
    (out) => new EngineInstructionWriter(out, module.target.fma),
  );
}
