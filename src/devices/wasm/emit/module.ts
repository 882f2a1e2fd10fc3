/**
 * Writes a WebAssembly module as bytes: the binary format's sections, and nothing more.
 * Every kernel has the type (args: i32, from: i32, to: i32, thread: i32) -> (); helper functions may have others.
 */
import { type Code, unsigned } from "./encoding.js";

export type ValueType = "i32" | "f32" | "f64" | "v128";
const typeByte: Record<ValueType, number> = { i32: 0x7f, f32: 0x7d, f64: 0x7c, v128: 0x7b };

export interface Local {
  readonly index: number;
  readonly type: ValueType;
}

/** As many of one type as a literal number says. */
type Tuple<Item, Count extends number, Made extends Item[] = []> = Made["length"] extends Count
  ? Made
  : Tuple<Item, Count, [...Made, Item]>;

/** A function under construction: its parameters, its locals, its body. */
export class FunctionBuilder {
  readonly params: Local[];
  private readonly types: ValueType[] = [];
  body: Code = [];

  constructor(
    readonly index: number,
    readonly name: string | null,
    params: readonly ValueType[],
    readonly results: readonly ValueType[],
  ) {
    this.params = params.map((type, i) => ({ index: i, type }));
  }

  local(type: ValueType): Local {
    this.types.push(type);
    return { index: this.params.length + this.types.length - 1, type };
  }
  locals<Count extends number>(type: ValueType, count: Count): Tuple<Local, Count> {
    return Array.from({ length: count }, () => this.local(type)) as Tuple<Local, Count>;
  }

  get type(): string {
    return `${this.params.map((p) => p.type)}>${this.results}`;
  }
  encodeType(): number[] {
    const list = (types: readonly ValueType[]) => [types.length, ...types.map((t) => typeByte[t])];
    return [0x60, ...list(this.params.map((p) => p.type)), ...list(this.results)];
  }
  encodeBody(): number[] {
    const locals = this.types.flatMap((type) => [1, typeByte[type]]);
    const bytes = [...unsigned(this.types.length), ...locals];
    for (const byte of this.body) bytes.push(byte);
    bytes.push(0x0b);
    return bytes;
  }
}

/** The type of every kernel, and of every entry of the shared table. */
export const kernelParams = ["i32", "i32", "i32", "i32"] as const;

/** A module that imports the engine's memory and table and exports its named functions. */
export class ModuleBuilder {
  private readonly functions: FunctionBuilder[] = [];

  constructor(private readonly shared: boolean) {}

  /** A function; with a name it is exported. The kernel type is always type 0, for indirect calls. */
  func(
    name: string | null,
    params: readonly ValueType[],
    results: readonly ValueType[] = [],
  ): FunctionBuilder {
    const builder = new FunctionBuilder(this.functions.length, name, params, results);
    this.functions.push(builder);
    return builder;
  }

  kernel(name: string): FunctionBuilder {
    return this.func(name, kernelParams);
  }

  encode(): Uint8Array<ArrayBuffer> {
    const kernelType = new FunctionBuilder(0, null, kernelParams, []);
    const types = new Map<string, { id: number; bytes: number[] }>([
      [kernelType.type, { id: 0, bytes: kernelType.encodeType() }],
    ]);
    for (const f of this.functions) {
      if (!types.has(f.type)) types.set(f.type, { id: types.size, bytes: f.encodeType() });
    }
    const text = (value: string) => [value.length, ...new TextEncoder().encode(value)];
    const memory = [
      ...text("env"),
      ...text("memory"),
      0x02,
      this.shared ? 0x03 : 0x01,
      0,
      ...unsigned(65536),
    ];
    const table = [...text("env"), ...text("table"), 0x01, 0x70, 0x00, 0];
    const exported = this.functions.filter((f) => f.name !== null);
    const bytes: number[] = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
    const section = (id: number, entries: number[][]) => {
      const content = [...unsigned(entries.length), ...entries.flat()];
      bytes.push(id, ...unsigned(content.length));
      for (const byte of content) bytes.push(byte);
    };
    section(
      1,
      [...types.values()].map((type) => type.bytes),
    );
    section(2, [memory, table]);
    section(
      3,
      this.functions.map((f) => unsigned(types.get(f.type)!.id)),
    );
    section(
      7,
      exported.map((f) => [...text(f.name!), 0x00, ...unsigned(f.index)]),
    );
    section(
      10,
      this.functions.map((f) => {
        const body = f.encodeBody();
        return [...unsigned(body.length), ...body];
      }),
    );
    return Uint8Array.from(bytes);
  }
}
