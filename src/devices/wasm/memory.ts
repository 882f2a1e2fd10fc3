import { BlockArena } from "../engine/arena.js";
import { readableBytes } from "../engine/blocks.js";
import { heapStart } from "./layout.js";
import { LinearMemory, largest, refusedMemory } from "./linear.js";

/** One linear memory for everything. */
export class EngineMemory extends BlockArena {
  private readonly linear: LinearMemory;
  private words = new Int32Array();
  /** False where it was not asked for, or the system refused it. */
  readonly shared: boolean;
  /** What the system refused when it began, in words; null if nothing. */
  readonly refused: string | null;

  /**
   * It may hold `limit` bytes, or less where the system refuses that; at last one that is not shared is tried.
   * @throws DeviceMemoryError if the system refuses even the smallest memory
   */
  constructor(wantsShared: boolean, limit = largest) {
    const wanted = Math.min(limit, largest);
    const shared = wantsShared ? LinearMemory.reserve(wanted, { shared: true }) : null;
    const linear = shared ?? LinearMemory.reserve(wanted);
    if (!linear) throw refusedMemory();
    super(
      0,
      heapStart,
      Math.min(limit, linear.maximum),
      "use a smaller batch, fewer neurons or shorter episodes",
    );
    this.linear = linear;
    this.shared = shared !== null;
    const refusals = [
      wantsShared && !shared ? "shared memory" : null,
      linear.maximum < wanted ? `more than ${readableBytes(linear.maximum)} of memory` : null,
    ].filter((each) => each !== null);
    this.refused = refusals.length > 0 ? `the system refused ${refusals.join(" and ")}` : null;
  }

  get memory(): WebAssembly.Memory {
    return this.linear.memory;
  }
  get i32(): Int32Array {
    if (this.words.buffer !== this.memory.buffer) this.words = new Int32Array(this.memory.buffer);
    return this.words;
  }

  floats(address: number, count: number): Float32Array {
    return this.linear.floats(address, count);
  }
  putWords(address: number, words: ArrayLike<number>): void {
    this.i32.set(words, address / 4);
  }

  protected hold(bytes: number): void {
    this.linear.hold(bytes);
  }
}
