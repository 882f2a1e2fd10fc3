/** Prints a module's functions as WebAssembly text: read back from its bytes, so that it is what runs. */
import type { FunctionBuilder, KernelModule, ValueType } from "../loops/module.js";
import type { Operator } from "../loops/nodes.js";
import { encodeWasm } from "./encode.js";
import { atomicOpcodes, engineOpcodes, relaxedMadd, relaxedNmadd, shuffle } from "./engineOpcodes.js";
import { extractLane, loadOpcodes, opcodes, storeOpcodes, vectorConst, vectorSelect } from "./opcodes.js";

/** What follows an instruction: nothing, a number, an alignment and an offset, a constant, or zeros that say nothing. */
type Immediate =
  | "none"
  | "index"
  | "signed"
  | "memory"
  | "f32"
  | "f64"
  | "lanes"
  | "bytes"
  | "zero"
  | "zeros";

const codeSection = 10;
const types: Readonly<Record<ValueType, string>> = { i32: "i32", f32: "f32", f64: "f64", vector: "v128" };

/** Where WebAssembly's own name is not ours with another prefix. */
const otherNames: Partial<Record<Operator, string>> = {
  ...{ "i32.divU": "i32.div_u", "i32.lt": "i32.lt_s", "i32.gt": "i32.gt_s", "i32.le": "i32.le_s" },
  ...{ "i32.ge": "i32.ge_s", "f32.fromF64": "f32.demote_f64", "f64.fromF32": "f64.promote_f32" },
  "i32.fromF32": "i32.trunc_sat_f32_s",
  ...{ "vector.toI32": "i32x4.trunc_sat_f32x4_s", "vector.fromI32": "f32x4.convert_i32x4_s" },
  ...{ "vector.and": "v128.and", "vector.andnot": "v128.andnot", "vector.or": "v128.or" },
  ...{ "bits.shrU": "i32x4.shr_u" },
};
const nameOf = (op: Operator): string =>
  otherNames[op] ?? op.replace(/^vector/, "f32x4").replace(/^bits/, "i32x4");

/** By the numbers of opcodes.ts; 0xfc and 0xfe are other prefixes, with their number after the point. */
const instructions = new Map<string, readonly [string, Immediate]>([
  ...Object.entries({ ...opcodes, ...engineOpcodes }).map(
    ([op, opcode]) => [String(opcode), [nameOf(op as Operator), "none"]] as const,
  ),
  ...(["i32", "f32", "f64", "vector"] as const).flatMap((what) => [
    [String(loadOpcodes[what][0]), [`${types[what]}.load`, "memory"]] as const,
    [String(storeOpcodes[what][0]), [`${types[what]}.store`, "memory"]] as const,
  ]),
  ...([
    [String(loadOpcodes.splat[0]), ["v128.load32_splat", "memory"]],
    [`254.${atomicOpcodes.load}`, ["i32.atomic.load", "memory"]],
    [`254.${atomicOpcodes.store}`, ["i32.atomic.store", "memory"]],
    [`254.${atomicOpcodes.add}`, ["i32.atomic.rmw.add", "memory"]],
    [`254.${atomicOpcodes.sub}`, ["i32.atomic.rmw.sub", "memory"]],
    [`254.${atomicOpcodes.notify}`, ["memory.atomic.notify", "memory"]],
    [`254.${atomicOpcodes.wait}`, ["memory.atomic.wait32", "memory"]],
    [String(vectorSelect), ["v128.bitselect", "none"]],
    [String(relaxedMadd), ["f32x4.relaxed_madd", "none"]],
    [String(relaxedNmadd), ["f32x4.relaxed_nmadd", "none"]],
    [String(extractLane), ["f32x4.extract_lane", "index"]],
    [String(shuffle), ["i8x16.shuffle", "bytes"]],
    [String(vectorConst), ["v128.const i32x4", "lanes"]],
    ["32", ["local.get", "index"]],
    ["33", ["local.set", "index"]],
    ["65", ["i32.const", "signed"]],
    ["66", ["i64.const", "signed"]],
    ["67", ["f32.const", "f32"]],
    ["68", ["f64.const", "f64"]],
    ["16", ["call", "index"]],
    ["17", ["call_indirect (type 0)", "zeros"]],
    ["27", ["select", "none"]],
    ["26", ["drop", "none"]],
    ["15", ["return", "none"]],
    ["12", ["br", "index"]],
    ["13", ["br_if", "index"]],
    ["252.10", ["memory.copy", "zeros"]],
    ["252.11", ["memory.fill", "zero"]],
  ] as const),
]);

export function printWat(module: KernelModule): string {
  const reader = new Reader(encodeWasm(module, { shared: false }));
  reader.at = 8;
  while (reader.byte() !== codeSection) {
    const bytes = reader.unsigned();
    reader.at += bytes;
  }
  reader.unsigned(); // Bytes of the section, functions in it.
  reader.unsigned();
  return module.functions.map((f) => printed(f, reader)).join("\n");
}

function printed(f: FunctionBuilder, reader: Reader): string {
  const list = (what: string, all: readonly ValueType[]) =>
    all.length > 0 ? ` (${what} ${all.map((type) => types[type]).join(" ")})` : "";
  const end = reader.unsigned() + reader.at;
  // Locals one by one: how many of a type, and the type.
  for (let left = reader.unsigned(); left > 0; left--) reader.at += 2;
  const params = f.params.map(({ type }) => type);
  const head = `(func (; ${f.label} ;)${list("param", params)}${list("result", f.results)}`;
  const locals = list("local", f.localTypes);
  return `${head}\n ${locals}\n${body(reader, end)})\n`;
}

function body(reader: Reader, end: number): string {
  const lines: string[] = [];
  let depth = 1;
  const line = (text: string) => lines.push("  ".repeat(depth) + text);
  while (reader.at < end - 1) {
    const first = reader.byte();
    if (first === 0x02 || first === 0x03 || first === 0x04) {
      reader.byte();
      line(first === 0x03 ? "loop" : first === 0x04 ? "if" : "block");
      depth++;
    } else if (first === 0x05 || first === 0x0b) {
      depth--;
      line(first === 0x05 ? "else" : "end");
      if (first === 0x05) depth++;
    } else {
      const opcode =
        first === 0xfd
          ? String(0x100 + reader.unsigned())
          : first > 0xfb
            ? `${first}.${reader.unsigned()}`
            : String(first);
      const known = instructions.get(opcode);
      if (!known) throw new Error(`no name for the instruction ${opcode}`);
      line(known[0] + immediate(reader, known[1]));
    }
  }
  reader.at = end;
  return lines.join("\n");
}

function immediate(reader: Reader, kind: Immediate): string {
  switch (kind) {
    case "none":
      return "";
    case "index":
      return ` ${reader.unsigned()}`;
    case "signed":
      return ` ${reader.signed()}`;
    case "zero":
      reader.at += 1;
      return "";
    case "zeros":
      reader.at += 2;
      return "";
    case "memory": {
      const [align, offset] = [reader.unsigned(), reader.unsigned()];
      return `${offset > 0 ? ` offset=${offset}` : ""} align=${2 ** align}`;
    }
    case "f32":
      return ` ${reader.f32()}`;
    case "f64":
      return ` ${reader.f64()}`;
    case "lanes":
      return ` ${Array.from({ length: 4 }, () => reader.i32()).join(" ")}`;
    case "bytes":
      return ` ${Array.from({ length: 16 }, () => reader.byte()).join(" ")}`;
  }
}

/** Reads what `Bytes` wrote. */
class Reader {
  at = 0;
  private readonly view: DataView;

  constructor(bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  byte(): number {
    return this.view.getUint8(this.at++);
  }
  unsigned(): number {
    let [value, factor] = [0, 1];
    for (;;) {
      const byte = this.byte();
      value += (byte & 0x7f) * factor;
      factor *= 128;
      if (byte < 0x80) return value;
    }
  }
  signed(): number {
    let [value, shift] = [0, 0];
    for (;;) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      shift += 7;
      if (byte < 0x80) return shift < 32 && byte & 0x40 ? value | (-1 << shift) : value;
    }
  }
  i32(): number {
    this.at += 4;
    return this.view.getInt32(this.at - 4, true);
  }
  f32(): number {
    this.at += 4;
    return this.view.getFloat32(this.at - 4, true);
  }
  f64(): number {
    this.at += 8;
    return this.view.getFloat64(this.at - 8, true);
  }
}
