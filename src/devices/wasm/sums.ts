import type { Buffer } from "../device.js";
import type { BlockMemory } from "../engine/blocks.js";
import type { Kernels } from "./kernels.js";
import { own, type WasmBuffer } from "./memory.js";
import type { Program } from "./program.js";

/** Partial sums: one slot for each thread, all zero between uses. */
export interface Slots {
  readonly address: number;
  /** Bytes from one thread's slot to the next. */
  readonly stride: number;
  /** A single float64 in each slot; else vectors of float32. */
  readonly isNumber: boolean;
}

/** Bytes between float64 slots: a cache line each, so that threads do not disturb each other. */
const numberStride = 64;

/**
 * Sums over what several threads work on. Each thread adds to its own slot; afterwards the slots are added up in one
 * fixed order, so that a result does not depend on who was first.
 */
export class Sums {
  private readonly free = new Map<number, Slots[]>();
  /** Sums that are still in the threads' slots, by the address of their target. */
  private readonly deferred = new Map<number, { slots: Slots; target: WasmBuffer; overwrite: boolean }>();

  constructor(
    private readonly memory: BlockMemory,
    private readonly program: Program,
    private readonly kernels: Kernels,
    private readonly threads: number,
  ) {}

  /** Bytes from one thread's slot to the next. */
  strideFor(bytes: number): number {
    return Math.ceil(bytes / numberStride) * numberStride;
  }

  /** Zeroed slots for sums of as many float32 as `bytes` hold. */
  take(bytes: number): Slots {
    return { ...this.zeroed(this.strideFor(bytes)), isNumber: false };
  }

  /** Zeroed slots for a single number, added up in float64. */
  takeNumber(): Slots {
    return { ...this.zeroed(numberStride), isNumber: true };
  }

  private zeroed(stride: number): { readonly address: number; readonly stride: number } {
    const known = this.free.get(stride)?.pop();
    return known ?? { address: this.memory.keepZeroed(stride * this.threads), stride };
  }

  /**
   * Adds the slots up into a buffer (or overwrites it), clears them and takes them back. A number's buffer is [1, 1].
   */
  combine(slots: Slots, target: WasmBuffer, overwrite: boolean): void {
    const words = [target.address, slots.address, slots.stride, this.threads, overwrite ? 1 : 0];
    const { basic } = this.kernels;
    if (slots.isNumber) {
      this.program.push(basic.combineNumber!, { by: "nothing", extent: 1 }, words);
    } else {
      const vectors = target.vectors;
      const work = (target.bytes / 4) * this.threads;
      const clear = 1;
      this.program.push(basic.combine!, { by: "rows", extent: vectors, grain: 4, work }, [...words, clear]);
    }
    this.giveBack(slots);
  }

  /** For kernels that clear the slots themselves. */
  giveBack(slots: Slots): void {
    const list = this.free.get(slots.stride);
    if (list) list.push(slots);
    else this.free.set(slots.stride, [slots]);
  }

  /** Slots for a sum that `settle` will add up into `target`; until then whoever adds to the same sum gets the same. */
  defer(target: WasmBuffer, isNumber: boolean, overwrite: boolean): Slots {
    let sum = this.deferred.get(target.address);
    if (!sum) {
      sum = { slots: isNumber ? this.takeNumber() : this.take(target.bytes), target, overwrite };
      this.deferred.set(target.address, sum);
    }
    return sum.slots;
  }

  /** As `combine`, adding, when `settle` is called. */
  combineLater(slots: Slots, target: WasmBuffer): void {
    if (this.deferred.has(target.address)) this.settle();
    this.deferred.set(target.address, { slots, target, overwrite: false });
  }

  /** Adds up all that was deferred. */
  settle(): void {
    if (this.deferred.size === 0) return;
    const sums = [...this.deferred.values()];
    this.deferred.clear();
    for (const { slots, target, overwrite } of sums) this.combine(slots, target, overwrite);
  }

  /** As `settle`, if one of these buffers waits for its sum. Adding to the same sum again may be deferred too. */
  settleIfDeferred(
    read: readonly Buffer[],
    outputs: readonly (Buffer | null)[] = [],
    accumulate = false,
  ): void {
    if (this.deferred.size === 0) return;
    const waits = (buffer: Buffer | null) => buffer !== null && this.deferred.has(own(buffer).address);
    if (read.some(waits) || (!accumulate && outputs.some(waits))) this.settle();
  }
}
