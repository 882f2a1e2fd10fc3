/** Writes nodes as WebAssembly instructions: those that every machine has, and that a life is made of. */
import type { Code, Local, Operator } from "../loops/nodes.js";
import type { ByteWriter } from "./bytes.js";
import { extractLane, loadOpcodes, opcodes, storeOpcodes, vectorConst, vectorSelect } from "./opcodes.js";

const lanes = 4;
export const noResult = 0x40;

/** Nodes that only kernels of the engine have: see engineInstructions.ts. */
export type EngineCode = Extract<
  Code,
  {
    kind:
      | ("word" | "atomic" | "wait" | "extract" | "sums" | "callIndirect" | "drop")
      | ("doWhile" | "forever" | "separator" | "return");
  }
>;

export type NumberCode = Pick<Extract<Code, { kind: "number" }>, "type" | "value">;

export class InstructionWriter {
  constructor(protected readonly out: ByteWriter) {}

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
        this.number(code);
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
      case "op":
        this.operate(code.op, code.args);
        return;
      case "load":
        this.write(code.address);
        this.access(loadOpcodes[code.what], code.offset);
        return;
      case "store":
        this.inOrder([code.address, code.value]);
        this.access(storeOpcodes[code.what], code.offset);
        return;
      case "call":
        this.inOrder(code.args, [0x10]);
        out.unsigned(code.callee.index);
        return;
      case "fill":
        this.inOrder([code.address, code.byte, code.size], [0xfc, 0x0b, 0x00]);
        return;
      case "copy":
        this.inOrder([code.to, code.from, code.size], [0xfc, 0x0a, 0x00, 0x00]);
        return;
      case "if":
        this.inOrder([code.condition], [0x04, noResult]);
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
        this.#loopWhile(below, () => {
          this.write(body);
          this.get(local);
          this.number({ type: "i32", value: step });
          this.op("i32.add");
          this.set(local);
        });
        return;
      }
      case "while":
        this.#loopWhile(
          () => this.write(code.condition),
          () => this.write(code.body),
        );
        return;
      default:
        this.more(code);
    }
  }

  /** Where the engine's nodes are written. */
  protected more(code: EngineCode): void {
    throw new Error(`no instruction for ${code.kind}`);
  }

  /** if (condition) do body while (condition): a branch less a turn than a loop that asks at its beginning. */
  #loopWhile(condition: () => void, body: () => void): void {
    condition();
    this.out.all([0x04, noResult, 0x03, noResult]);
    body();
    condition();
    this.out.all([0x0d, 0, 0x0b, 0x0b]);
  }

  protected operate(op: Operator, args: readonly Code[]): void {
    const [a, b, c] = args as [Code, Code, Code];
    switch (op) {
      case "vector.select":
        this.apply(vectorSelect, [b, c, a]);
        return;
      case "vector.sum":
        // ((0 + 2) + (1 + 3)), the order of `sums`.
        for (const pair of [
          [0, 2],
          [1, 3],
        ]) {
          for (const lane of pair) this.lane(a, lane);
          this.op("f32.add");
        }
        this.op("f32.add");
        return;
      default:
        this.inOrder(args);
        this.op(op);
    }
  }

  protected inOrder(parts: readonly Code[], bytes: readonly number[] = []): void {
    for (const part of parts) this.write(part);
    this.out.all(bytes);
  }
  protected lane(code: Code, lane: number): void {
    this.write(code);
    this.opcode(extractLane);
    this.out.byte(lane);
  }
  protected op(op: Operator): void {
    const opcode = opcodes[op];
    if (opcode === undefined) throw new Error(`no instruction for ${op}`);
    this.opcode(opcode);
  }
  protected apply(opcode: number, args: readonly Code[]): void {
    this.inOrder(args);
    this.opcode(opcode);
  }
  /** Numbers from 0x100 on have a prefix: see opcodes.ts. */
  protected opcode(opcode: number): void {
    if (opcode >= 0x100) {
      this.out.byte(0xfd);
      this.out.unsigned(opcode - 0x100);
    } else this.out.byte(opcode);
  }
  protected access([opcode, align]: readonly [number, number], offset: number): void {
    this.opcode(opcode);
    this.out.unsigned(align);
    this.out.unsigned(offset);
  }
  protected get(local: Local): void {
    this.out.byte(0x20);
    this.out.unsigned(local.index);
  }
  protected set(local: Local): void {
    this.out.byte(0x21);
    this.out.unsigned(local.index);
  }
  /** Of the types, lives have this one alone. */
  protected number({ value }: NumberCode): void {
    this.out.byte(0x41);
    this.out.signed(value);
  }
}
