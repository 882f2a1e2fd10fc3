import { Blocks } from "../devices/engine/blocks.js";
import { heapStart } from "../devices/wasm/layout.js";
import { LinearMemory, largest, refusedMemory } from "../devices/wasm/linear.js";

const FULL = "end() lives that are not needed, or keep their snapshots instead";
/** It grows by a share of itself, for each time takes as long as many small lives: bytes at least and at most. */
const PIECE = { share: 1 / 8, least: 2 ** 20, most: 2 ** 26 };

/** The memory of a model, and of all its lives. */
export class LifeMemory extends Blocks {
  readonly #linear: LinearMemory;

  /** @throws DeviceMemoryError if the system refuses even the smallest */
  constructor() {
    const linear = LinearMemory.reserve(largest);
    if (!linear) throw refusedMemory();
    super(0, heapStart, linear.maximum, FULL);
    this.#linear = linear;
  }

  /** @internal */
  get memory(): WebAssembly.Memory {
    return this.#linear.memory;
  }
  get f32(): Float32Array {
    return this.#linear.f32;
  }

  floats(address: number, count: number): Float32Array {
    return this.#linear.floats(address, count);
  }

  protected hold(bytes: number): void {
    if (bytes <= this.memory.buffer.byteLength) return;
    const piece = Math.min(PIECE.most, Math.max(PIECE.least, bytes * PIECE.share));
    try {
      this.#linear.hold(Math.min(this.limit, bytes + piece));
    } catch {
      this.#linear.hold(bytes);
    }
  }
}
