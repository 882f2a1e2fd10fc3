/** Prints kernels as C: one function for each, in the vectors of GCC and clang. */
import { print } from "../../formulas/index.js";
import { type FunctionBuilder, isKernel, type KernelModule, kernelParamNames } from "../loops/module.js";
import { type About, type Code, type Local, typeOf, type ValueType } from "../loops/nodes.js";
import type { Target } from "../loops/target.js";
import { operatorText } from "./operators.js";
import { prelude } from "./prelude.js";

const typeName: Record<ValueType, string> = { i32: "word", f32: "float", f64: "double", vector: "vector" };

const atType = {
  i32: "i32_at",
  place: "word_at",
  f32: "f32_at",
  f64: "f64_at",
  vector: "vector_at",
} as const;

/**
 * Letters, digits and underscores: whatever a label has, C sees a name that was made here. `before`: functions of the text
 * before its module's, so that no two have one name.
 */
export const symbolOf = ({ index, label }: Pick<FunctionBuilder, "index" | "label">, before = 0): string =>
  `k${before + index}_${label.replace(/[^A-Za-z0-9]+/g, "_").slice(0, 80)}`;

/** A comment, whatever it says: no letter of it can end the comment, or the line, early. */
const comment = (text: string): string =>
  `/* ${text
    .replace(/[^\x20-\x7e]|[\\?]/g, " ")
    .replaceAll("*/", "* /")
    .replaceAll("/*", "/ *")} */`;

/** What a value is: a formula, in the names of its rule, or words. */
const aboutOf = ({ about }: { readonly about?: About }): string =>
  about === undefined ? "" : ` ${comment(typeof about === "string" ? about : print(about))}`;

/** The kernels of modules that are made for one target, and what they call, as one text. */
export function printC(first: KernelModule, ...others: readonly KernelModule[]): string {
  const { target } = first;
  const texts = [prelude(target)];
  let before = 0;
  for (const { functions } of [first, ...others]) {
    const printers = functions.map((f) => new Printer(f, target, before));
    texts.push(printers.map((printer) => `${printer.head};\n`).join(""));
    for (const printer of printers) texts.push(printer.print());
    before += functions.length;
  }
  return texts.join("\n");
}

const prefix: Record<ValueType, string> = { i32: "i", f32: "f", f64: "d", vector: "v" };
/** Locals that are declared in one line. */
const inOneLine = 12;

class Printer {
  readonly head: string;
  private readonly lines: string[] = [];
  private depth = 1;
  /** Argument words in use, by their number and name, as they are declared: loaded once a call, as no kernel changes its arguments. */
  private readonly words = new Map<string, { readonly index: number; readonly text: string }>();

  constructor(
    private readonly f: FunctionBuilder,
    private readonly target: Target,
    private readonly before: number,
  ) {
    const params = f.params.map((local) => `${typeName[local.type]} ${this.name(local)}`).join(", ");
    const result = f.results[0] ? typeName[f.results[0]] : "void";
    const linkage = f.exported === null ? "static inline" : '__attribute__((visibility("default")))';
    this.head = `${linkage} ${result} ${symbolOf(f, before)}(${params})`;
  }

  print(): string {
    const { f } = this;
    const result = this.body(f.body, f.results.length > 0);
    const words = [...this.words.values()].sort((a, b) => a.index - b.index).map(({ text }) => text);
    const last = result === null ? [] : [`  return ${result};`];
    return `${[comment(f.label), `${this.head} {`, ...words, ...this.locals(), ...this.lines, ...last, "}"].join("\n")}\n`;
  }

  private name({ type, index }: Local): string {
    return (isKernel(this.f) ? kernelParamNames[index] : undefined) ?? `${prefix[type]}${index}`;
  }

  /** Their declarations, type by type. */
  private locals(): string[] {
    const { localTypes, params } = this.f;
    return (["i32", "f32", "f64", "vector"] as const).flatMap((type) => {
      const all = localTypes.flatMap((each, i) =>
        each === type
          ? [`${this.name({ type, index: params.length + i })} = ${type === "vector" ? "{0}" : "0"}`]
          : [],
      );
      return Array.from(
        { length: Math.ceil(all.length / inOneLine) },
        (_, k) => `  ${typeName[type]} ${all.slice(k * inOneLine, (k + 1) * inOneLine).join(", ")};`,
      );
    });
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
      case "separator":
        break; // Only compilers of WebAssembly need it: see there.
      case "if":
        this.block(`if (${bare(this.value(code.condition))}) {`, code.then);
        if (code.otherwise) this.block("else {", code.otherwise);
        break;
      case "for": {
        const i = this.name(code.local);
        const turns = `${i} = ${this.value(code.from)}; ${i} < ${this.value(code.to)}; ${i} += ${code.step}`;
        this.block(`for (${turns}) {`, code.body);
        break;
      }
      case "while":
        this.block(`while (${bare(this.value(code.condition))}) {`, code.body);
        break;
      case "doWhile":
        this.block("do {", code.body, `} while (${bare(this.value(code.condition))});`);
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
        return `${this.name(code.local)} = ${bare(this.value(code.value))};${aboutOf(code)}`;
      case "store":
        return `${this.place(atType[code.what], code.address, code.offset)} = ${bare(this.value(code.value))};`;
      case "fill":
        return `__builtin_memset(${this.pointer(code.address)}, ${this.value(code.byte)}, ${this.value(code.size)});`;
      case "copy":
        return `__builtin_memmove(${this.pointer(code.to)}, ${this.pointer(code.from)}, ${this.value(code.size)});`;
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
        return this.name(code.local);
      case "number":
        return code.type === "i32" ? `${code.value}` : literal(code.value, code.type);
      case "splat":
        return code.bits ? `splat_bits(${code.value | 0})` : `splat(${literal(code.value, "f32")})`;
      case "mask":
        return `(vector)(bits){${Array(code.lanes).fill(-1).join(", ")}}`;
      case "word":
        return this.word(code);
      case "op":
        return operatorText[code.op](...code.args.map((arg) => this.value(arg)));
      case "load":
        return code.what === "splat"
          ? `splat(${this.place("f32_at", code.address, code.offset)})`
          : this.place(atType[code.what], code.address, code.offset);
      case "extract":
        return `${this.value(code.value)}[${code.lane}]`;
      case "sums":
        return `sums${code.of.length}(${code.of.map((local) => this.name(local)).join(", ")})`;
      case "call":
        return `${symbolOf(code.callee, this.before)}(${code.args.map((arg) => this.value(arg)).join(", ")})`;
      default:
        throw new Error(`a kernel in C has no ${code.kind} here (type: ${typeOf(code)})`);
    }
  }

  private place(type: string, address: Code, offset: number): string {
    const at = bare(this.value(address));
    return `AT(${type}, ${offset === 0 ? at : `${at} + ${offset}`})`;
  }
  private pointer(address: Code): string {
    return `(void *)${this.value(address)}`;
  }

  private word({ index, as, name }: Extract<Code, { kind: "word" }>): string {
    const at = (type: string) => `AT(${type}, ${kernelParamNames[0]} + ${index * this.target.wordBytes})`;
    const [type, kind, value] = {
      place: ["word", "w", at("word_at")],
      f32: ["float", "wf", at("f32_at")],
      splat: ["vector", "ws", `splat(${at("f32_at")})`],
    }[as] as [string, string, string];
    const local = `${kind}${index}`;
    this.words.set(local, { index, text: `  const ${type} ${local} = ${value}; ${comment(name)}` });
    return local;
  }
}

/** Without parentheses around all of it. */
function bare(text: string): string {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "(") depth++;
    else if (text[i] === ")") depth--;
    if (depth === 0) return i > 0 && i === text.length - 1 && text[0] === "(" ? text.slice(1, -1) : text;
  }
  return text;
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
