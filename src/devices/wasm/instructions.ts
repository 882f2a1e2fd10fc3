/** Writes nodes as WebAssembly instructions. */
import type { Code, Local } from "../loops/nodes.js";
import type { Bytes } from "./bytes.js";
import {
  atomicOpcodes,
  extractLane,
  loadOpcodes,
  opcodes,
  relaxedMadd,
  relaxedNmadd,
  shuffle,
  storeOpcodes,
  vectorConst,
  vectorSelect,
} from "./opcodes.js";

const lanes = 4;
const noResult = 0x40;

/** `fma`: the machine has relaxed SIMD, so that a product and a sum are one instruction. */
export class InstructionWriter {
  constructor(
    private readonly out: Bytes,
    private readonly fma: boolean,
  ) {}

  write(code: Code): void {
    const { out } = this;
    switch (code.kind) {
      case "seq":
        for (const part of code.parts) this.write(part);
        return;
      case "get":
        this.get(code.local);
        return;
      case "set":
        this.write(code.value);
        this.set(code.local);
        return;
      case "number":
        this.number(code.type, code.value);
        return;
      case "splat":
        this.opcode(vectorConst);
        for (let lane = 0; lane < lanes; lane++) {
          if (code.bits) out.i32(code.value);
          else out.f32(code.value);
        }
        return;
      case "mask":
        this.opcode(vectorConst);
        for (let lane = 0; lane < lanes; lane++) out.i32(lane < code.lanes ? -1 : 0);
        return;
      case "word":
        out.byte(0x20);
        out.unsigned(0);
        this.access(loadOpcodes[code.as], code.index * 4);
        return;
      case "op":
        this.operate(code);
        return;
      case "load":
        this.write(code.address);
        this.access(loadOpcodes[code.what], code.offset);
        return;
      case "store":
        this.write(code.address);
        this.write(code.value);
        this.access(storeOpcodes[code.what], code.offset);
        return;
      case "atomic":
        this.write(code.address);
        if (code.value) this.write(code.value);
        out.all([0xfe, atomicOpcodes[code.what], 2, 0]);
        return;
      case "wait":
        this.write(code.address);
        this.write(code.expected);
        out.byte(0x42);
        out.signed(code.nanoseconds);
        out.all([0xfe, atomicOpcodes.wait, 2, 0]);
        return;
      case "extract":
        this.write(code.value);
        this.extract(code.lane);
        return;
      case "sums":
        this.sums(code.of);
        return;
      case "call":
        for (const arg of code.args) this.write(arg);
        out.byte(0x10);
        out.unsigned(code.callee.index);
        return;
      case "callIndirect":
        this.inOrder([...code.args, code.index], [0x11, 0x00, 0x00]);
        return;
      case "fill":
        this.inOrder([code.address, code.byte, code.size], [0xfc, 0x0b, 0x00]);
        return;
      case "copy":
        this.inOrder([code.to, code.from, code.size], [0xfc, 0x0a, 0x00, 0x00]);
        return;
      case "drop":
        this.inOrder([code.value], [0x1a]);
        return;
      default:
        this.flow(code);
    }
  }

  private flow(
    code: Extract<Code, { kind: "if" | "for" | "while" | "doWhile" | "forever" | "separator" | "return" }>,
  ): void {
    const { out } = this;
    switch (code.kind) {
      case "if":
        this.write(code.condition);
        out.all([0x04, noResult]);
        this.write(code.then);
        if (code.otherwise) {
          out.byte(0x05);
          this.write(code.otherwise);
        }
        out.byte(0x0b);
        return;
      case "for": {
        const { local, from, to, step, body } = code;
        const below = () => {
          this.get(local);
          this.write(to);
          this.op("i32.lt");
        };
        this.write(from);
        this.set(local);
        this.loopWhile(below, () => {
          this.write(body);
          this.get(local);
          this.number("i32", step);
          this.op("i32.add");
          this.set(local);
        });
        return;
      }
      case "while":
        this.loopWhile(
          () => this.write(code.condition),
          () => this.write(code.body),
        );
        return;
      case "doWhile":
        out.all([0x03, noResult]);
        this.inOrder([code.body, code.condition], [0x0d, 0, 0x0b]);
        return;
      case "forever":
        out.all([0x03, noResult]);
        this.inOrder([code.body], [0x0c, 0, 0x0b]);
        return;
      case "separator":
        this.get(code.pointer);
        this.number("i32", code.never);
        this.op("i32.eq");
        out.all([0x0d, 1]);
        return;
      case "return":
        out.byte(0x0f);
    }
  }

  /** if (condition) do body while (condition): a branch less a turn than a loop that asks at its beginning. */
  private loopWhile(condition: () => void, body: () => void): void {
    condition();
    this.out.all([0x04, noResult, 0x03, noResult]);
    body();
    condition();
    this.out.all([0x0d, 0, 0x0b, 0x0b]);
  }

  private operate({ op, args }: Extract<Code, { kind: "op" }>): void {
    const [a, b, c] = args as [Code, Code, Code];
    switch (op) {
      case "vector.madd":
        if (this.fma) this.apply(relaxedMadd, args);
        else {
          this.apply(opcodes["vector.mul"]!, [a, b]);
          this.apply(opcodes["vector.add"]!, [c]);
        }
        return;
      case "vector.nmadd":
        if (this.fma) this.apply(relaxedNmadd, args);
        else {
          this.write(c);
          this.apply(opcodes["vector.mul"]!, [a, b]);
          this.op("vector.sub");
        }
        return;
      case "vector.select":
        this.apply(vectorSelect, [b, c, a]);
        return;
      case "vector.sum":
        // ((0 + 2) + (1 + 3)), the order of `sums`.
        for (const lane of [0, 2]) this.lane(a, lane);
        this.op("f32.add");
        for (const lane of [1, 3]) this.lane(a, lane);
        this.op("f32.add");
        this.op("f32.add");
        return;
      case "i32.min":
        for (const arg of [a, b, a, b]) this.write(arg);
        this.op("i32.lt");
        this.out.byte(0x1b);
        return;
      default:
        this.apply(opcodes[op]!, args);
    }
  }

  /** Sums of lanes by halves: after the first step, those of a lie in lanes 0 and 2, of b in 1 and 3. */
  private sums(of: readonly Local[]): void {
    const [a, b, c, d] = of as [Local, Local, Local?, Local?];
    this.halfSums(a, b);
    this.set(a);
    if (c && d) {
      this.halfSums(c, d);
      this.set(c);
      this.shuffled(a, c, [0, 1, 4, 5]);
      this.shuffled(a, c, [2, 3, 6, 7]);
    } else {
      this.get(a);
      this.shuffled(a, a, [2, 3, 2, 3]);
    }
    this.op("vector.add");
  }
  private halfSums(a: Local, b: Local): void {
    this.shuffled(a, b, [0, 4, 1, 5]);
    this.shuffled(a, b, [2, 6, 3, 7]);
    this.op("vector.add");
  }
  /** Four lanes of two vectors: 0 to 3 are the first one's, 4 to 7 the second one's. */
  private shuffled(a: Local, b: Local, from: readonly number[]): void {
    this.get(a);
    this.get(b);
    this.opcode(shuffle);
    for (const lane of from) for (let byte = 0; byte < 4; byte++) this.out.byte(4 * lane + byte);
  }

  private inOrder(parts: readonly Code[], bytes: readonly number[]): void {
    for (const part of parts) this.write(part);
    this.out.all(bytes);
  }
  private lane(code: Code, lane: number): void {
    this.write(code);
    this.extract(lane);
  }
  private extract(lane: number): void {
    this.opcode(extractLane);
    this.out.byte(lane);
  }
  private op(op: keyof typeof opcodes): void {
    this.opcode(opcodes[op]!);
  }
  private apply(opcode: number, args: readonly Code[]): void {
    for (const arg of args) this.write(arg);
    this.opcode(opcode);
  }
  /** Numbers from 0x100 on have a prefix: see opcodes.ts. */
  private opcode(opcode: number): void {
    if (opcode >= 0x100) {
      this.out.byte(0xfd);
      this.out.unsigned(opcode - 0x100);
    } else this.out.byte(opcode);
  }
  private access([opcode, align]: readonly [number, number], offset: number): void {
    this.opcode(opcode);
    this.out.unsigned(align);
    this.out.unsigned(offset);
  }
  private get(local: Local): void {
    this.out.byte(0x20);
    this.out.unsigned(local.index);
  }
  private set(local: Local): void {
    this.out.byte(0x21);
    this.out.unsigned(local.index);
  }
  private number(type: "i32" | "f32" | "f64", value: number): void {
    const { out } = this;
    if (type === "i32") {
      out.byte(0x41);
      out.signed(value);
    } else if (type === "f32") {
      out.byte(0x43);
      out.f32(value);
    } else {
      out.byte(0x44);
      out.f64(value);
    }
  }
}
