import { DeviceMemoryError } from "../device.js";
import { BlockArena, readableBytes } from "../engine/arena.js";
import { heapStart } from "./layout.js";

const pageBytes = 65536;
const largest = 65536 * pageBytes;

/**
 * A memory that may grow to `limit` bytes. Systems reserve addresses for the whole of it at once, shared memory above
 * all, and refuse what a process may not have: then smaller ones are tried, and at last one that is not shared.
 */
function reserve(shared: boolean, limit: number) {
  const initial = (2 * heapStart) / pageBytes;
  for (const kind of shared ? [true, false] : [false]) {
    let pages = Math.max(initial, Math.ceil(limit / pageBytes));
    for (;;) {
      try {
        const memory = new WebAssembly.Memory({ initial, maximum: pages, ...(kind && { shared: true }) });
        return { memory, shared: kind, maximum: pages * pageBytes };
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        if (pages === initial) break;
        pages = Math.max(initial, Math.floor(pages / 2));
      }
    }
  }
  throw new DeviceMemoryError(
    `the system refuses even ${readableBytes(initial * pageBytes)} of memory for WebAssembly; raise its limits. Node reserves ` +
      "10 GB of addresses for each memory: where these are limited (ulimit -v), start it with node --disable-wasm-trap-handler",
  );
}

/** One linear memory for everything. */
export class EngineMemory extends BlockArena {
  readonly memory: WebAssembly.Memory;
  private views: { buffer: ArrayBufferLike; f32: Float32Array; i32: Int32Array } | null = null;

  /** False where it was not asked for, or the system refused it. */
  readonly shared: boolean;
  /** What the system refused when it began, in words; null if nothing. */
  readonly refused: string | null;

  /**
   * It may hold `limit` bytes, or less where the system refuses that; `cure`: what to do when it is full.
   * @throws DeviceMemoryError if the system refuses even the smallest memory
   */
  constructor(
    shared: boolean,
    limit = largest,
    cure = "use a smaller batch, fewer neurons or shorter episodes",
  ) {
    const reserved = reserve(shared, Math.min(limit, largest));
    super(0, heapStart, Math.min(limit, reserved.maximum), cure);
    this.memory = reserved.memory;
    this.shared = reserved.shared;
    const less = reserved.maximum < Math.min(limit, largest);
    const refusals = [
      shared && !reserved.shared ? "shared memory" : null,
      less ? `more than ${readableBytes(reserved.maximum)} of memory` : null,
    ].filter((each) => each !== null);
    this.refused = refusals.length > 0 ? `the system refused ${refusals.join(" and ")}` : null;
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
