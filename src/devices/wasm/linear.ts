import { DeviceMemoryError } from "../device.js";
import { readableBytes } from "../engine/blocks.js";
import { heapStart } from "./layout.js";

const pageBytes = 65536;
const smallest = (2 * heapStart) / pageBytes;
export const largest = 65536 * pageBytes;

/** A WebAssembly memory, and a view of its numbers. */
export class LinearMemory {
  #f32 = new Float32Array();

  private constructor(
    readonly memory: WebAssembly.Memory,
    /** Bytes it may grow to. */
    readonly maximum: number,
  ) {}

  /**
   * A memory that may grow to `limit` bytes. Systems reserve addresses for the whole of it at once, shared memory above all,
   * and refuse what a process may not have: then smaller ones are tried. Null if even the smallest is refused.
   */
  static reserve(limit: number, kind: { readonly shared?: true } = {}): LinearMemory | null {
    let maximum = Math.max(smallest, Math.ceil(limit / pageBytes));
    for (;;) {
      try {
        const memory = new WebAssembly.Memory({ initial: smallest, maximum, ...kind });
        return new LinearMemory(memory, maximum * pageBytes);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        if (maximum === smallest) return null;
        maximum = Math.max(smallest, Math.floor(maximum / 2));
      }
    }
  }

  get f32(): Float32Array {
    const { buffer } = this.memory;
    // What has grown has another buffer.
    if (this.#f32.buffer !== buffer) this.#f32 = new Float32Array(buffer);
    return this.#f32;
  }

  floats(address: number, count: number): Float32Array {
    return this.f32.subarray(address / 4, address / 4 + count);
  }

  /** Makes the first `bytes` usable. Throws where the system refuses them. */
  hold(bytes: number): void {
    const missing = Math.ceil((bytes - this.memory.buffer.byteLength) / pageBytes);
    if (missing > 0) this.memory.grow(missing);
  }
}

/** The error for a system that refuses even the smallest memory. */
export const refusedMemory = (): DeviceMemoryError =>
  new DeviceMemoryError(
    `the system refuses even ${readableBytes(smallest * pageBytes)} of memory for WebAssembly; raise its limits. Node reserves ` +
      "10 GB of addresses for each memory: where these are limited (ulimit -v), start it with node --disable-wasm-trap-handler",
  );
