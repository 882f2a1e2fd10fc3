/** Prints kernels for people: one statement a line, with what each value is. */
import { print } from "../../formulas/index.js";
import { type FunctionBuilder, isKernel, type KernelModule, kernelParamNames } from "./module.js";
import type { About, Code, Local, Operator } from "./nodes.js";

const prefix = { i32: "i", f32: "f", f64: "d", vector: "v" } as const;

/** Operators that are written between their arguments. */
const infix: Partial<Record<Operator, string>> = {
  ...{ "i32.add": "+", "i32.sub": "-", "i32.mul": "*", "i32.divU": "/", "i32.and": "&", "i32.shl": "<<" },
  ...{ "i32.eq": "==", "i32.ne": "!=", "i32.lt": "<", "i32.gt": ">", "i32.le": "<=", "i32.ge": ">=" },
  ...{ "f32.add": "+", "f32.mul": "*", "f64.add": "+", "f64.mul": "*", "f64.div": "/" },
  ...{ "vector.add": "+", "vector.sub": "-", "vector.mul": "*", "vector.div": "/" },
  ...{ "vector.eq": "==", "vector.ne": "!=", "vector.lt": "<", "vector.gt": ">" },
  ...{ "vector.le": "<=", "vector.ge": ">=", "vector.and": "&", "vector.or": "|" },
};

/** All functions of a module. */
export function printLoops(module: KernelModule): string {
  return module.functions.map((f) => new TextPrinter(f).print()).join("\n");
}

class TextPrinter {
  private readonly lines: string[] = [];
  private depth = 0;

  constructor(private readonly f: FunctionBuilder) {}

  print(): string {
    const { f } = this;
    const params = f.params.map((local) => this.name(local)).join(", ");
    this.block(`${f.exported === null ? "function" : "kernel"} ${f.label} (${params})`, () => {
      const isValue = f.results.length > 0;
      const parts = flattened(f.body);
      parts.forEach((part, k) => {
        if (isValue && k === parts.length - 1) this.line(`return ${this.value(part)}`);
        else this.statement(part);
      });
    });
    return `${this.lines.join("\n")}\n`;
  }

  private name({ index, type }: Local): string {
    return (isKernel(this.f) ? kernelParamNames[index] : undefined) ?? `${prefix[type]}${index}`;
  }

  private statement(code: Code): void {
    switch (code.kind) {
      case "seq":
        for (const part of code.parts) this.statement(part);
        return;
      case "set":
        this.line(`${this.name(code.local)} = ${this.value(code.value)}`, code.about);
        return;
      case "store":
        this.line(`${this.place(code.what, code.address, code.offset)} = ${this.value(code.value)}`);
        return;
      case "if":
        this.block(`if ${this.value(code.condition)}`, () => this.statement(code.then));
        if (code.otherwise) this.block("else", () => this.statement(code.otherwise!));
        return;
      case "for": {
        const name = this.name(code.local);
        const step = code.step === 1 ? "" : ` step ${code.step}`;
        const range = `${this.value(code.from)} to ${this.value(code.to)}${step}`;
        this.block(`for ${name} = ${range}`, () => this.statement(code.body));
        return;
      }
      case "while":
        this.block(`while ${this.value(code.condition)}`, () => this.statement(code.body));
        return;
      case "doWhile":
        this.block("do", () => this.statement(code.body));
        this.line(`while ${this.value(code.condition)}`);
        return;
      case "forever":
        this.block("forever", () => this.statement(code.body));
        return;
      case "separator":
        return;
      default:
        this.line(this.value(code));
    }
  }

  private value(code: Code): string {
    switch (code.kind) {
      case "get":
        return this.name(code.local);
      case "number":
        return String(code.value);
      case "splat":
        return code.bits ? `bits(${code.value})` : String(code.value);
      case "mask":
        return `first(${code.lanes})`;
      case "word":
        return `${code.as === "splat" ? "all " : ""}args.${code.name}`;
      case "op":
        return this.operation(code.op, code.args);
      case "load":
        return this.place(code.what, code.address, code.offset);
      case "extract":
        return `${this.value(code.value)}[${code.lane}]`;
      case "sums":
        return `sums(${code.of.map((local) => this.name(local)).join(", ")})`;
      case "call":
        return `${code.callee.label}(${this.values(code.args)})`;
      case "callIndirect":
        return `kernel[${this.value(code.index)}](${this.values(code.args)})`;
      case "atomic":
        return `atomic ${code.what}(${this.values(code.value ? [code.address, code.value] : [code.address])})`;
      case "wait":
        return `wait(${this.values([code.address, code.expected])})`;
      case "fill":
        return `fill(${this.values([code.address, code.byte, code.size])})`;
      case "copy":
        return `copy(${this.values([code.to, code.from, code.size])})`;
      case "drop":
        return this.value(code.value);
      case "return":
        return "return";
      case "seq":
        return code.parts.map((part) => this.value(part)).join("; ");
      default:
        throw new Error(`${code.kind} is no value`);
    }
  }
  private values(all: readonly Code[]): string {
    return all.map((code) => this.value(code)).join(", ");
  }

  private operation(op: Operator, args: readonly Code[]): string {
    const sign = infix[op];
    if (sign) {
      const [a, b] = args.map((arg) => (this.isInfix(arg) ? `(${this.value(arg)})` : this.value(arg)));
      return `${a} ${sign} ${b}`;
    }
    return `${op.slice(op.indexOf(".") + 1)}(${this.values(args)})`;
  }
  private isInfix(code: Code): boolean {
    return code.kind === "op" && code.op in infix;
  }

  private place(what: string, address: Code, offset: number): string {
    const at = `${this.value(address)}${offset === 0 ? "" : ` + ${offset}`}`;
    if (what === "vector") return `[${at}]`;
    return what === "splat" ? `all [${at}]` : `${what}[${at}]`;
  }

  private block(head: string, body: () => void): void {
    this.line(`${head}:`);
    this.depth++;
    body();
    this.depth--;
  }
  private line(text: string, about?: About): void {
    this.lines.push(
      `${"  ".repeat(this.depth)}${text}${about === undefined ? "" : `    // ${typeof about === "string" ? about : print(about)}`}`,
    );
  }
}

const flattened = (code: Code): readonly Code[] =>
  code.kind === "seq" ? code.parts.flatMap(flattened) : [code];
