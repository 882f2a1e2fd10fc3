/** Prints kernels as C: one function for each, in the vectors of GCC and clang. */
import { print } from "../../formulas/index.js";
import type { FunctionBuilder, KernelModule } from "../loops/module.js";
import { type About, type Code, type Local, type Operator, typeOf, type ValueType } from "../loops/nodes.js";
import type { Target } from "../loops/target.js";
import { prelude } from "./prelude.js";

const typeName: Record<ValueType, string> = { i32: "word", f32: "float", f64: "double", vector: "vector" };

/** How an operator looks, given its arguments. */
const infix = (sign: string) => (a: string, b: string) => `(${a} ${sign} ${b})`;
const called =
  (name: string) =>
  (...args: string[]) =>
    `${name}(${args.join(", ")})`;
const ofBits =
  (sign: string, type = "bits") =>
  (a: string, b: string) =>
    `(vector)((${type})${a} ${sign} (${type})${b})`;
const shifted = (sign: string) => (a: string, b: string) => `(vector)((ubits)${a} ${sign} (int)${b})`;
const compared = (sign: string) => (a: string, b: string) => `(vector)(${a} ${sign} ${b})`;

const operatorText: Record<Operator, (...args: string[]) => string> = {
  "i32.add": infix("+"),
  "i32.sub": infix("-"),
  "i32.mul": infix("*"),
  // Never of negative numbers.
  "i32.divU": (a, b) => `(word)((unsigned long long)${a} / (unsigned long long)${b})`,
  "i32.and": infix("&"),
  "i32.shl": infix("<<"),
  "i32.eqz": (a) => `(${a} == 0)`,
  "i32.eq": infix("=="),
  "i32.ne": infix("!="),
  "i32.lt": infix("<"),
  "i32.gt": infix(">"),
  "i32.le": infix("<="),
  "i32.ge": infix(">="),
  "i32.min": called("least_word"),
  "f32.add": infix("+"),
  "f32.mul": infix("*"),
  "f32.fromF64": (a) => `(float)${a}`,
  "f64.add": infix("+"),
  "f64.mul": infix("*"),
  "f64.div": infix("/"),
  "f64.sqrt": called("__builtin_sqrt"),
  "f64.min": called("least64"),
  "f64.fromF32": (a) => `(double)${a}`,
  "vector.splat": called("splat"),
  "vector.sum": called("sum"),
  "vector.add": infix("+"),
  "vector.sub": infix("-"),
  "vector.mul": infix("*"),
  "vector.div": infix("/"),
  "vector.neg": (a) => `(-${a})`,
  "vector.abs": called("absolute"),
  "vector.sqrt": called("root"),
  "vector.min": called("least"),
  "vector.max": called("greatest"),
  "vector.pmin": called("pmin"),
  "vector.pmax": called("pmax"),
  "vector.nearest": called("nearest"),
  "vector.madd": called("madd"),
  "vector.nmadd": called("nmadd"),
  "vector.eq": compared("=="),
  "vector.ne": compared("!="),
  "vector.lt": compared("<"),
  "vector.gt": compared(">"),
  "vector.le": compared("<="),
  "vector.ge": compared(">="),
  "vector.toI32": called("to_i32"),
  "vector.fromI32": called("from_i32"),
  "vector.and": ofBits("&"),
  "vector.andnot": ofBits("& ~"),
  "vector.or": ofBits("|"),
  "vector.select": called("select"),
  "bits.eq": ofBits("=="),
  "bits.add": ofBits("+", "ubits"),
  "bits.sub": ofBits("-", "ubits"),
  "bits.shl": shifted("<<"),
  "bits.shrU": shifted(">>"),
};

const atType = {
  i32: "i32_at",
  place: "word_at",
  f32: "f32_at",
  f64: "f64_at",
  vector: "vector_at",
} as const;

/** Letters, digits and underscores: whatever a label has, C sees a name that was made here. */
export const symbolOf = (f: Pick<FunctionBuilder, "index" | "label">): string =>
  `k${f.index}_${f.label.replace(/[^A-Za-z0-9]+/g, "_").slice(0, 80)}`;

/** A comment, whatever it says: no letter of it can end the comment, or the line, early. */
const comment = (text: string): string =>
  `/* ${text
    .replace(/[^\x20-\x7e]|[\\?]/g, " ")
    .replaceAll("*/", "* /")
    .replaceAll("/*", "/ *")} */`;

/** What a value is: a formula, in the names of its rule, or words. */
const aboutOf = ({ about }: { readonly about?: About }): string =>
  about === undefined ? "" : ` ${comment(typeof about === "string" ? about : print(about))}`;

/** A module's kernels and what they call, as one text. */
export function printC({ functions, target }: KernelModule): string {
  const printer = new Printer(target);
  return [
    prelude(target),
    ...functions.map((f) => `${head(f)};`),
    ...functions.map((f) => printer.print(f)),
  ].join("\n");
}

function head(f: FunctionBuilder): string {
  const params = f.params.map((p) => `${typeName[p.type]} ${nameOf(p)}`).join(", ");
  const result = f.results[0] ? typeName[f.results[0]] : "void";
  const linkage = f.exported === null ? "static inline" : '__attribute__((visibility("default")))';
  return `${linkage} ${result} ${symbolOf(f)}(${params})`;
}

const prefix: Record<ValueType, string> = { i32: "i", f32: "f", f64: "d", vector: "v" };
const nameOf = ({ type, index }: Local): string => `${prefix[type]}${index}`;

class Printer {
  private lines: string[] = [];
  private depth = 1;
  /** Argument words in use, as they are declared: loaded once a call, as no kernel changes its arguments. */
  private words = new Map<string, string>();

  constructor(private readonly target: Target) {}

  print(f: FunctionBuilder): string {
    this.lines = [];
    this.words = new Map();
    const result = this.body(f.body, f.results.length > 0);
    const locals = f.localTypes.map(
      (type, i) =>
        `  ${typeName[type]} ${nameOf({ type, index: f.params.length + i })} = ${type === "vector" ? "{0}" : "0"};`,
    );
    const last = result === null ? [] : [`  return ${result};`];
    return [
      comment(f.label),
      `${head(f)} {`,
      ...this.words.values(),
      ...locals,
      ...this.lines,
      ...last,
      "}",
    ].join("\n");
  }

  /** Prints statements; returns the value that the last one is, if one is wanted. */
  private body(code: Code, wantsValue: boolean): string | null {
    if (code.kind === "seq") {
      code.parts.forEach((part, i) => {
        if (!(wantsValue && i === code.parts.length - 1)) this.statement(part);
      });
      return wantsValue ? this.body(code.parts.at(-1)!, true) : null;
    }
    if (wantsValue) return this.value(code);
    this.statement(code);
    return null;
  }

  private line(text: string): void {
    this.lines.push("  ".repeat(this.depth) + text);
  }
  private block(open: string, body: Code, close = "}"): void {
    this.line(open);
    this.depth++;
    this.statement(body);
    this.depth--;
    this.line(close);
  }

  private statement(code: Code): void {
    switch (code.kind) {
      case "seq":
        for (const part of code.parts) this.statement(part);
        break;
      case "if":
        this.block(`if (${this.value(code.condition)}) {`, code.then);
        if (code.otherwise) this.block("else {", code.otherwise);
        break;
      case "for": {
        const i = nameOf(code.local);
        const turns = `${i} = ${this.value(code.from)}; ${i} < ${this.value(code.to)}; ${i} += ${code.step}`;
        this.block(`for (${turns}) {`, code.body);
        break;
      }
      case "while":
        this.block(`while (${this.value(code.condition)}) {`, code.body);
        break;
      case "doWhile":
        this.block("do {", code.body, `} while (${this.value(code.condition)});`);
        break;
      case "forever":
        this.block("for (;;) {", code.body);
        break;
      default:
        this.line(this.simple(code));
    }
  }

  /** A statement without statements in it. */
  private simple(code: Code): string {
    switch (code.kind) {
      case "set":
        return `${nameOf(code.local)} = ${this.value(code.value)};${aboutOf(code)}`;
      case "store":
        return `${this.place(atType[code.what], code.address, code.offset)} = ${this.value(code.value)};`;
      case "fill":
        return `__builtin_memset(${this.pointer(code.address)}, ${this.value(code.byte)}, ${this.value(code.size)});`;
      case "copy":
        return `__builtin_memmove(${this.pointer(code.to)}, ${this.pointer(code.from)}, ${this.value(code.size)});`;
      case "separator":
        return ";"; // For the compiler behind WebAssembly: see there.
      case "return":
        return "return;";
      case "drop":
        return `(void)${this.value(code.value)};`;
      default:
        return `${this.value(code)};`;
    }
  }

  private value(code: Code): string {
    switch (code.kind) {
      case "get":
        return nameOf(code.local);
      case "number":
        return code.type === "i32" ? `${code.value}` : literal(code.value, code.type);
      case "splat":
        return code.bits ? `splat_bits(${code.value | 0})` : `splat(${literal(code.value, "f32")})`;
      case "mask":
        return `(vector)(bits){${Array(code.lanes).fill(-1).join(", ")}}`;
      case "word":
        return this.word(code.index, code.as);
      case "op":
        return operatorText[code.op](...code.args.map((arg) => this.value(arg)));
      case "load":
        return code.what === "splat"
          ? `splat(${this.place("f32_at", code.address, code.offset)})`
          : this.place(atType[code.what], code.address, code.offset);
      case "extract":
        return `${this.value(code.value)}[${code.lane}]`;
      case "sums":
        return `sums${code.of.length}(${code.of.map(nameOf).join(", ")})`;
      case "call":
        return `${symbolOf(code.callee)}(${code.args.map((arg) => this.value(arg)).join(", ")})`;
      default:
        throw new Error(`a kernel in C has no ${code.kind} here (type: ${typeOf(code)})`);
    }
  }

  private place(type: string, address: Code, offset: number): string {
    const at = this.value(address);
    return `AT(${type}, ${offset === 0 ? at : `${at} + ${offset}`})`;
  }
  private pointer(address: Code): string {
    return `(void *)${this.value(address)}`;
  }

  private word(index: number, as: "place" | "f32" | "splat"): string {
    const [type, kind, at] = {
      place: ["word", "w", "AT(word_at, i0 + {})"],
      f32: ["float", "wf", "AT(f32_at, i0 + {})"],
      splat: ["vector", "ws", "splat(AT(f32_at, i0 + {}))"],
    }[as] as [string, string, string];
    const name = `${kind}${index}`;
    this.words.set(
      name,
      `  const ${type} ${name} = ${at.replace("{}", `${index * this.target.wordBytes}`)};`,
    );
    return name;
  }
}

/** A number that C reads as the very same: the shortest decimal that a double is told by. */
function literal(value: number, type: "f32" | "f64"): string {
  const exact = type === "f32" ? Math.fround(value) : value;
  const suffix = type === "f32" ? "f" : "";
  if (Number.isNaN(exact)) return `__builtin_nan${suffix}("")`;
  if (!Number.isFinite(exact)) return `${exact < 0 ? "-" : ""}__builtin_inf${suffix}()`;
  const text = Object.is(exact, -0) ? "-0" : `${exact}`;
  return `${/[.e]/.test(text) ? text : `${text}.0`}${suffix}`;
}
