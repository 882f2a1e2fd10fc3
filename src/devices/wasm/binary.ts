/**
 * Prints kernels as a WebAssembly module: the binary format's sections, and nothing more. The module exports its named
 * functions; the kernel type is always type 0, for indirect calls.
 */
import { type FunctionBuilder, type KernelModule, kernelParams, type ValueType } from "../loops/module.js";
import { ByteWriter } from "./bytes.js";
import type { InstructionWriter } from "./instructions.js";

const typeByte: Record<ValueType, number> = { i32: 0x7f, f32: 0x7d, f64: 0x7c, vector: 0x7b };

/** What a module takes from `env`: its name there, and what it must be, as the binary format has it. */
export type Import = readonly [name: string, description: readonly number[]];

/** A memory of any size, of up to 65536 pages. */
export const memoryImport = (shared = false): Import => [
  "memory",
  [0x02, shared ? 0x03 : 0x01, 0, 0x80, 0x80, 0x04],
];

/** `writerOf`: what writes the body of a function. */
export function moduleBytes(
  { functions }: KernelModule,
  imports: readonly Import[],
  writerOf: (out: ByteWriter) => InstructionWriter,
): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter();
  const section = (id: number, write: (content: ByteWriter) => void) => {
    out.byte(id);
    out.sized(write);
  };
  const types = [...new Set([signature(kernelParams, []), ...functions.map(signatureOf)])];
  out.all([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);
  section(1, (content) => {
    content.list(types, (type) => content.all([...type].map((each) => each.charCodeAt(0))));
  });
  section(2, (content) => {
    content.list(imports, ([name, description]) => {
      content.text("env");
      content.text(name);
      content.all(description);
    });
  });
  section(3, (content) => {
    content.list(functions, (f) => content.unsigned(types.indexOf(signatureOf(f))));
  });
  section(7, (content) => {
    content.list(
      functions.filter((f) => f.exported !== null),
      (f) => {
        content.text(f.exported!);
        content.byte(0x00);
        content.unsigned(f.index);
      },
    );
  });
  section(10, (content) => {
    content.list(functions, (f) =>
      content.sized((body) => {
        body.list(f.localTypes, (type) => body.all([1, typeByte[type]]));
        writerOf(body).write(f.body);
        body.byte(0x0b);
      }),
    );
  });
  // Names for debuggers and profiles; nothing else depends on them.
  section(0, (content) => {
    content.text("name");
    content.byte(1);
    content.sized((names) =>
      names.list(functions, (f) => {
        names.unsigned(f.index);
        names.text(f.label);
      }),
    );
  });
  return out.written;
}

/** A function's type as it is written, in a string, so that equal ones can be found. */
function signature(params: readonly ValueType[], results: readonly ValueType[]): string {
  const list = (types: readonly ValueType[]) => [types.length, ...types.map((type) => typeByte[type])];
  return String.fromCharCode(0x60, ...list(params), ...list(results));
}
const signatureOf = (f: FunctionBuilder): string =>
  signature(
    f.params.map(({ type }) => type),
    f.results,
  );
