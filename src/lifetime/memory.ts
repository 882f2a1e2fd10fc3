import { Blocks } from "../devices/engine/blocks.js";
import { heapStart } from "../devices/wasm/layout.js";
import { LinearMemory, largest, refusedMemory } from "../devices/wasm/linear.js";

const FULL = "end() lives that are not needed, or keep their snapshots instead";

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
    this.#linear.hold(bytes);
  }
}
