import type { Kernels } from "./kernels.js";
import type { EngineMemory, WasmBuffer } from "./memory.js";
import type { Program } from "./program.js";

/** Partial sums: one slot for each thread, all zero between uses. */
export interface Slots {
  readonly address: number;
  /** Bytes from one thread's slot to the next. */
  readonly stride: number;
}

/** Bytes between float64 slots: a cache line each, so that threads do not disturb each other. */
const numberStride = 64;

/**
 * Sums over what several threads work on. Each thread adds to its own slot; afterwards the slots are added up in one
 * fixed order, so that a result does not depend on who was first.
 */
export class Sums {
  private readonly free = new Map<number, Slots[]>();

  constructor(
    private readonly memory: EngineMemory,
    private readonly program: Program,
    private readonly kernels: Kernels,
    private readonly threads: number,
  ) {}

  /** Bytes from one thread's slot to the next. */
  strideFor(bytes: number): number {
    return Math.ceil(bytes / numberStride) * numberStride;
  }

  /** Zeroed slots of that many bytes each; `bytes` 8 is a float64. */
  take(bytes: number): Slots {
    const stride = this.strideFor(bytes);
    const known = this.free.get(stride)?.pop();
    if (known) return known;
    return { address: this.memory.keepZeroed(stride * this.threads), stride };
  }

  /** Adds the slots up into a buffer (or overwrites it), clears them and takes them back. */
  combine(slots: Slots, target: WasmBuffer, overwrite: boolean): void {
    const vectors = target.bytes / 16;
    const work = vectors * 4 * this.threads;
    this.program.push(this.kernels.basic.combine!, { by: "rows", extent: vectors, grain: 4, work }, [
      target.address,
      slots.address,
      slots.stride,
      this.threads,
      overwrite ? 1 : 0,
      1,
    ]);
    this.giveBack(slots);
  }

  /** As `combine`, for one float64 in each slot and a [1, 1] buffer. */
  combineNumber(slots: Slots, target: WasmBuffer, overwrite: boolean): void {
    this.program.push(this.kernels.basic.combineNumber!, { by: "nothing", extent: 1 }, [
      target.address,
      slots.address,
      slots.stride,
      this.threads,
      overwrite ? 1 : 0,
    ]);
    this.giveBack(slots);
  }

  /** For kernels that clear the slots themselves. */
  giveBack(slots: Slots): void {
    const list = this.free.get(slots.stride);
    if (list) list.push(slots);
    else this.free.set(slots.stride, [slots]);
  }
}
