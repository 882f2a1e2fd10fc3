import type { Buffer } from "../device.js";
import { BlockMemory } from "../engine/blocks.js";
import { strideOf, type Target, vectorBytes } from "../loops/target.js";
import { heapStart } from "./layout.js";

const pageBytes = 65536;
const largest = 65536 * pageBytes;
/** A matrix in the engine's memory; rows are padded to `stride` bytes and the padding is always zero. */
export class WasmBuffer implements Buffer {
  /** True once the host or a kernel may have queued work on it. */
  used = false;

  constructor(
    readonly rows: number,
    readonly cols: number,
    readonly address: number,
    readonly lifetime: "kept" | "scratch",
    /** Rows are padded to whole vectors of its. */
    private readonly target: Pick<Target, "lanes">,
    /** True for a part of another buffer: what lies behind it is that buffer's. */
    readonly isView = false,
  ) {}

  get stride(): number {
    return strideOf(this.cols, this.target) * 4;
  }
  get bytes(): number {
    return this.rows * this.stride;
  }
  get vectors(): number {
    return this.bytes / vectorBytes(this.target);
  }
}

/** A buffer as this device knows it; throws for one of another device. */
export function own(buffer: Buffer): WasmBuffer {
  if (!(buffer instanceof WasmBuffer)) throw new TypeError("this buffer belongs to another device");
  return buffer;
}

export function expectSameShape(what: string, a: WasmBuffer, b: WasmBuffer): void {
  if (a.rows !== b.rows || a.cols !== b.cols) {
    throw new RangeError(`${what}: expected [${a.rows}, ${a.cols}], got [${b.rows}, ${b.cols}]`);
  }
}

/** One linear memory of WebAssembly's: 32-bit addresses from 0, argument words of four bytes. */
export class EngineMemory extends BlockMemory {
  readonly start = 0;
  readonly memory: WebAssembly.Memory;
  private views: { buffer: ArrayBufferLike; f32: Float32Array; i32: Int32Array } | null = null;

  constructor(
    readonly shared: boolean,
    readonly limit = largest,
    /** What to do when it is full. */
    cure?: string,
  ) {
    super({ lanes: 4 }, cure);
    this.memory = new WebAssembly.Memory({
      initial: (2 * heapStart) / pageBytes,
      maximum: 65536,
      ...(shared && { shared: true }),
    });
  }

  get f32(): Float32Array {
    return this.view().f32;
  }
  get i32(): Int32Array {
    return this.view().i32;
  }

  private view() {
    const { buffer } = this.memory;
    if (this.views?.buffer !== buffer) {
      this.views = { buffer, f32: new Float32Array(buffer), i32: new Int32Array(buffer) };
    }
    return this.views;
  }

  protected override reach(bytes: number): void {
    const missing = Math.ceil((bytes - this.memory.buffer.byteLength) / pageBytes);
    if (missing > 0) this.memory.grow(missing);
  }

  override write(address: number, data: ArrayLike<number>, from: number, count: number): void {
    const { f32 } = this;
    const start = address / 4;
    if (count === data.length) f32.set(data, start);
    else for (let i = 0; i < count; i++) f32[start + i] = data[from + i]!;
  }

  override read(address: number, into: Float32Array | Float64Array, at: number, count: number): void {
    const { f32 } = this;
    const start = address / 4;
    if (count === into.length) into.set(f32.subarray(start, start + count));
    else for (let i = 0; i < count; i++) into[at + i] = f32[start + i]!;
  }

  override zero(address: number, bytes: number): void {
    this.f32.fill(0, address / 4, (address + bytes) / 4);
  }

  override writeWords(address: number, words: ArrayLike<number>): void {
    this.i32.set(words, address / 4);
  }
}
