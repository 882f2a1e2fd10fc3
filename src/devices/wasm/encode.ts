/**
 * Prints kernels as a WebAssembly module: the binary format's sections, and nothing more. The module imports the engine's
 * memory and table and exports its named functions; the kernel type is always type 0, for indirect calls.
 */
import { type FunctionBuilder, type KernelModule, kernelParams, type ValueType } from "../loops/module.js";
import { Bytes } from "./bytes.js";
import { InstructionWriter } from "./instructions.js";

const typeByte: Record<ValueType, number> = { i32: 0x7f, f32: 0x7d, f64: 0x7c, vector: 0x7b };

/** `shared`: the memory is shared between threads. */
export function encodeWasm(
  { functions, target }: KernelModule,
  { shared }: { readonly shared: boolean },
): Uint8Array<ArrayBuffer> {
  const out = new Bytes();
  const section = (id: number, write: (content: Bytes) => void) => {
    const content = new Bytes();
    write(content);
    out.byte(id);
    out.unsigned(content.length);
    out.append(content);
  };
  const types = [...new Set([signature(kernelParams, []), ...functions.map(signatureOf)])];
  out.all([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);
  section(1, (content) => {
    content.unsigned(types.length);
    for (const type of types) content.all([...type].map((each) => each.charCodeAt(0)));
  });
  section(2, (content) => {
    content.byte(2);
    content.text("env");
    content.text("memory");
    content.all([0x02, shared ? 0x03 : 0x01, 0]);
    content.unsigned(65536);
    content.text("env");
    content.text("table");
    content.all([0x01, 0x70, 0x00, 0]);
  });
  section(3, (content) => {
    content.unsigned(functions.length);
    for (const f of functions) content.unsigned(types.indexOf(signatureOf(f)));
  });
  section(7, (content) => {
    const exported = functions.filter((f) => f.exported !== null);
    content.unsigned(exported.length);
    for (const f of exported) {
      content.text(f.exported!);
      content.byte(0x00);
      content.unsigned(f.index);
    }
  });
  section(10, (content) => {
    content.unsigned(functions.length);
    for (const f of functions) {
      const body = bodyOf(f, target.fma);
      content.unsigned(body.length);
      content.append(body);
    }
  });
  // Names for debuggers and profiles; nothing else depends on them.
  section(0, (content) => {
    content.text("name");
    const names = new Bytes();
    names.unsigned(functions.length);
    for (const f of functions) {
      names.unsigned(f.index);
      names.text(f.label);
    }
    content.byte(1);
    content.unsigned(names.length);
    content.append(names);
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

function bodyOf(f: FunctionBuilder, fma: boolean): Bytes {
  const body = new Bytes();
  body.unsigned(f.localTypes.length);
  for (const type of f.localTypes) body.all([1, typeByte[type]]);
  new InstructionWriter(body, fma).write(f.body);
  body.byte(0x0b);
  return body;
}
