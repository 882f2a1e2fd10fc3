/** Writes the nodes and operators that only kernels of the engine have: a page that only lets networks live does without. */
import type { Code, Local, Operator } from "../loops/nodes.js";
import type { ByteWriter } from "./bytes.js";
import { atomicOpcodes, engineOpcodes, relaxedMadd, relaxedNmadd, shuffle } from "./engineOpcodes.js";
import { type EngineCode, InstructionWriter, type NumberCode, noResult } from "./instructions.js";
import { loadOpcodes } from "./opcodes.js";

/** `fma`: the machine has relaxed SIMD, so that a product and a sum are one instruction. */
export class EngineInstructionWriter extends InstructionWriter {
  constructor(
    out: ByteWriter,
    private readonly fma: boolean,
  ) {
    super(out);
  }

  protected override more(code: EngineCode): void {
    const { out } = this;
    switch (code.kind) {
      case "word":
        out.byte(0x20);
        out.unsigned(0);
        this.access(loadOpcodes[code.as], code.index * 4);
        return;
      case "atomic":
        this.inOrder(code.value ? [code.address, code.value] : [code.address]);
        out.all([0xfe, atomicOpcodes[code.what], 2, 0]);
        return;
      case "wait":
        this.inOrder([code.address, code.expected], [0x42]);
        out.signed(code.nanoseconds);
        out.all([0xfe, atomicOpcodes.wait, 2, 0]);
        return;
      case "extract":
        this.lane(code.value, code.lane);
        return;
      case "sums":
        this.sums(code.of);
        return;
      case "callIndirect":
        this.inOrder([...code.args, code.index], [0x11, 0x00, 0x00]);
        return;
      case "drop":
        this.inOrder([code.value], [0x1a]);
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
        this.number({ type: "i32", value: code.never });
        this.op("i32.eq");
        out.all([0x0d, 1]);
        return;
      case "return":
        out.byte(0x0f);
    }
  }

  protected override operate(op: Operator, args: readonly Code[]): void {
    const [a, b, c] = args as [Code, Code, Code];
    switch (op) {
      case "vector.madd":
        if (this.fma) this.apply(relaxedMadd, args);
        else {
          super.operate("vector.mul", [a, b]);
          super.operate("vector.add", [c]);
        }
        return;
      case "vector.nmadd":
        if (this.fma) this.apply(relaxedNmadd, args);
        else {
          this.write(c);
          super.operate("vector.mul", [a, b]);
          this.op("vector.sub");
        }
        return;
      case "i32.fromF32":
        this.inOrder([a], [0xfc, 0x00]);
        return;
      case "i32.min":
        this.inOrder([a, b, a, b]);
        this.op("i32.lt");
        this.out.byte(0x1b);
        return;
      default:
        super.operate(op, args);
    }
  }

  protected override number(code: NumberCode): void {
    const { out } = this;
    if (code.type === "i32") super.number(code);
    else if (code.type === "f32") {
      out.byte(0x43);
      out.f32(code.value);
    } else {
      out.byte(0x44);
      out.f64(code.value);
    }
  }

  protected override op(op: Operator): void {
    const opcode = engineOpcodes[op];
    if (opcode === undefined) super.op(op);
    else this.opcode(opcode);
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
}
