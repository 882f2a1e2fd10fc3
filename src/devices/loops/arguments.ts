import { type Code, floatWord, get, seq, set, splatWord, word } from "./code.js";
import type { FunctionBuilder } from "./module.js";

/** A number, or a place in memory ("place"); a float32 ("float"). */
type Field = "place" | "float";

type Names<Fields> = keyof Fields & string;

/**
 * The argument words of a kernel, by name: what a kernel reads and what a command writes follow from the same record, so
 * that neither can be wrong about their order.
 */
export class Arguments<const Fields extends Readonly<Record<string, Field>>> {
  private readonly names: readonly Names<Fields>[];

  constructor(private readonly fields: Fields) {
    this.names = Object.keys(fields) as Names<Fields>[];
  }

  get count(): number {
    return this.names.length;
  }

  /** A word where a kernel reads it from memory. */
  read(name: Names<Fields>): Code {
    const index = this.indexOf(name);
    return this.fields[name] === "float" ? floatWord(index, name) : word(index, name);
  }
  /** A float in all lanes. */
  splat(name: Names<Fields>): Code {
    return splatWord(this.indexOf(name), name);
  }

  /** For kernels that need their words often: `setup` loads all of them into locals, once a call. */
  load(f: FunctionBuilder): { readonly setup: Code } & Readonly<Record<Names<Fields>, Code>> {
    const locals = this.names.map((name) => [name, f.local("i32")] as const);
    return {
      setup: seq(...locals.map(([name, local]) => set(local, this.read(name)))),
      ...(Object.fromEntries(locals.map(([name, local]) => [name, get(local)])) as Record<
        Names<Fields>,
        Code
      >),
    };
  }

  /** The words of a command. */
  words(values: Readonly<Record<Names<Fields>, number>>): number[] {
    return this.names.map((name) => (this.fields[name] === "float" ? bitsOf(values[name]) : values[name]));
  }

  indexOf(name: Names<Fields>): number {
    return this.names.indexOf(name);
  }
}

const bits = new DataView(new ArrayBuffer(4));
function bitsOf(value: number): number {
  bits.setFloat32(0, value);
  return bits.getInt32(0);
}
