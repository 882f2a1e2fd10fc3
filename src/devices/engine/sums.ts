import type { EngineBuffer } from "./buffer.js";
import type { Command } from "./command.js";
import type { Kernels } from "./kernels.js";
import type { Arena } from "./machine.js";

/** Partial sums: one slot for each thread, all zero between uses. */
export interface Slots {
  readonly address: number;
  /** Bytes from one thread's slot to the next. */
  readonly stride: number;
  /** A single float64 in each slot; else vectors of float32. */
  readonly isNumber: boolean;
}

interface Deferred {
  readonly slots: Slots;
  readonly target: EngineBuffer;
  readonly overwrite: boolean;
}

/** Bytes between float64 slots: a cache line each, so that threads do not disturb each other. */
const numberStride = 64;

/**
 * Sums over what several threads work on. Each thread adds to its own slot; afterwards the slots are added up in one
 * fixed order, so that a result does not depend on who was first.
 */
export class Sums {
  private readonly free = new Map<number, Slots[]>();
  /** Sums that are still in the threads' slots, by their target and kind, in the order in which they were first added to. */
  private readonly deferred = new Map<string, Deferred>();

  constructor(
    private readonly arena: Arena,
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
    return known ?? { address: this.arena.keepZeroed(stride * this.threads), stride };
  }

  /**
   * The command that adds the slots up into a buffer (or overwrites it), clears them and takes them back. A number's buffer
   * is [1, 1].
   */
  combine(slots: Slots, target: EngineBuffer, overwrite: boolean): Command {
    this.giveBack(slots);
    const values = {
      target: target.address,
      slots: slots.address,
      stride: slots.stride,
      count: this.threads,
      overwrite: overwrite ? 1 : 0,
    };
    if (slots.isNumber)
      return { ...this.kernels.basic("combineNumber", values), split: alone, writes: [target] };
    const vectors = this.kernels.vectors(target.bytes);
    return {
      ...this.kernels.basic("combine", { ...values, clear: 1 }),
      split: { by: "rows", extent: vectors, grain: 4, work: vectors * 4 * this.threads },
      writes: [target],
    };
  }

  /** For kernels that clear the slots themselves. */
  giveBack(slots: Slots): void {
    const list = this.free.get(slots.stride);
    if (list) list.push(slots);
    else this.free.set(slots.stride, [slots]);
  }

  /**
   * Slots for a sum that is added up later into `target`; until then whoever adds to the same sum, in slots of the same kind, gets
   * the same.
   */
  defer(target: EngineBuffer, isNumber: boolean, overwrite: boolean): Slots {
    const key = keyOf(target, isNumber);
    let sum = this.deferred.get(key);
    if (!sum) {
      sum = { slots: isNumber ? this.takeNumber() : this.take(target.bytes), target, overwrite };
      this.deferred.set(key, sum);
    }
    return sum.slots;
  }

  /** Adds slots that are full already to what is deferred. */
  deferFull(slots: Slots, target: EngineBuffer): void {
    this.deferred.set(keyOf(target, slots.isNumber), { slots, target, overwrite: false });
  }

  get anyDeferred(): boolean {
    return this.deferred.size > 0;
  }
  /** Whether anything waits for numbers of a buffer: its own, or those of a buffer that shares rows with it. */
  isDeferred({ address, bytes }: EngineBuffer): boolean {
    for (const { target } of this.deferred.values())
      if (target.address < address + bytes && address < target.address + target.bytes) return true;
    return false;
  }

  /** The commands that add up all that was deferred. */
  due(): Command[] {
    const sums = [...this.deferred.values()];
    this.deferred.clear();
    return sums.map(({ slots, target, overwrite }) => this.combine(slots, target, overwrite));
  }
}

const keyOf = ({ address, bytes }: EngineBuffer, isNumber: boolean): string =>
  `${address} ${bytes} ${isNumber ? "number" : "vectors"}`;

const alone = { by: "nothing", extent: 1 } as const;
