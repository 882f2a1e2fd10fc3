import { BlockArena } from "../engine/arena.js";
import { heapStart } from "./layout.js";

const pageBytes = 65536;
const largest = 65536 * pageBytes;

/** One linear memory for everything. */
export class EngineMemory extends BlockArena {
  readonly memory: WebAssembly.Memory;
  private views: { buffer: ArrayBufferLike; f32: Float32Array; i32: Int32Array } | null = null;

  constructor(
    readonly shared: boolean,
    limit = largest,
    /** What to do when it is full. */
    cure = "use a smaller batch, fewer neurons or shorter episodes",
  ) {
    super(0, heapStart, limit, cure);
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

  floats(address: number, count: number): Float32Array {
    return this.f32.subarray(address / 4, address / 4 + count);
  }
  putWords(address: number, words: ArrayLike<number>): void {
    this.i32.set(words, address / 4);
  }

  protected hold(bytes: number): void {
    const missing = Math.ceil((bytes - this.memory.buffer.byteLength) / pageBytes);
    if (missing > 0) this.memory.grow(missing);
  }
}
