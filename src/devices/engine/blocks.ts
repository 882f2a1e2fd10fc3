import { DeviceMemoryError } from "../device.js";
import { type Target, vectorBytes } from "../loops/target.js";
import { heapStart, scratchChunk } from "../wasm/layout.js";

const alignment = 64;
/** Large blocks that are read side by side must not begin in the same cache set: so many bytes are left between them. */
const gap = 9 * 64;
const large = 32 * 1024;
/** Vectors that kernels may read (and throw away) behind a block's end; the memory must not end there. */
const readAhead = 4;

/** Bytes that a block takes. */
const sizeOf = (bytes: number): number =>
  Math.ceil(bytes / alignment) * alignment + (bytes < large ? 0 : gap);

export const readableBytes = (bytes: number): string =>
  bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.ceil(bytes / 1e6)} MB`;

/**
 * The memory that kernels and the host both use, in blocks: kept ones (parameters), and scratch chunks (an episode), which
 * are rewound and used again at the same addresses by the next episode. Addresses are numbers, in bytes, as kernels know
 * them; they may exceed 2^32. Nothing here waits for kernels that run.
 */
export abstract class BlockMemory {
  /** Bytes that are taken, from the memory's start. */
  private top = heapStart;
  private free = new Map<number, number[]>();
  private chunks: { address: number; bytes: number }[] = [];
  private chunk = 0;
  private offset = 0;
  private readonly readAhead: number;

  constructor(
    target: Pick<Target, "lanes">,
    /** What to do when it is full. */
    private readonly cure = "use a smaller batch, fewer neurons or shorter episodes",
  ) {
    this.readAhead = readAhead * vectorBytes(target);
  }

  /** The address of its first byte. */
  abstract readonly start: number;
  /** The most bytes it may ever have. */
  abstract readonly limit: number;
  /** Makes the first `bytes` usable, zero where nothing was written. Throws where the system has no more. */
  protected abstract reach(bytes: number): void;
  /** Writes float32 numbers: `count` of `data`, from index `from` on. */
  abstract write(address: number, data: ArrayLike<number>, from: number, count: number): void;
  /** Reads `count` float32 numbers into `into`, at index `at`. */
  abstract read(address: number, into: Float32Array | Float64Array, at: number, count: number): void;
  /** Sets `bytes` (a multiple of 4) to zero. */
  abstract zero(address: number, bytes: number): void;
  /** Writes argument words, each as wide as the target's. */
  abstract writeWords(address: number, words: ArrayLike<number>): void;

  /** Bytes ever held: memory never shrinks. */
  get peakBytes(): number {
    return this.top;
  }

  /** Bytes that are held, but will be used again before memory grows: released blocks, and all scratch chunks. */
  get idleBytes(): number {
    let bytes = 0;
    for (const [size, addresses] of this.free) bytes += size * addresses.length;
    for (const chunk of this.chunks) bytes += chunk.bytes;
    return bytes;
  }

  /** Refuses, before anything is allocated, what will not fit; `idle` bytes of those held are there for it. */
  expectRoom(bytes: number, what: string, idle = 0): void {
    const held = this.top - idle;
    if (held + bytes + this.readAhead > this.limit) {
      throw new DeviceMemoryError(
        `${what} needs ${readableBytes(bytes)} beside the ${readableBytes(held)} in use, but the limit is ` +
          `${readableBytes(this.limit)}; ${this.cure}`,
      );
    }
  }

  /** A zeroed block. Nothing that is still recorded may use a block that was released. */
  keepZeroed(bytes: number): number {
    const size = sizeOf(bytes);
    const released = this.free.get(size)?.pop();
    if (released === undefined) return this.grow(size);
    this.zero(released, size);
    return released;
  }
  release(address: number, bytes: number): void {
    const size = sizeOf(bytes);
    const list = this.free.get(size);
    if (list) list.push(address);
    else this.free.set(size, [address]);
  }

  scratch(bytes: number): number {
    const size = sizeOf(bytes);
    for (; this.chunk < this.chunks.length; this.chunk++, this.offset = 0) {
      const { address, bytes: room } = this.chunks[this.chunk]!;
      if (this.offset + size > room) continue;
      this.offset += size;
      return address + this.offset - size;
    }
    const room = Math.max(size, scratchChunk);
    this.chunks.push({ address: this.grow(room), bytes: room });
    this.offset = size;
    return this.chunks[this.chunk]!.address;
  }
  resetScratch(): void {
    this.chunk = 0;
    this.offset = 0;
  }

  private grow(bytes: number): number {
    this.expectRoom(bytes, "this computation");
    const before = this.top;
    try {
      this.reach(before + bytes + this.readAhead);
    } catch {
      throw new DeviceMemoryError(
        `the system refused ${readableBytes(bytes)} more memory beside ${readableBytes(before)}; ${this.cure}`,
      );
    }
    this.top += bytes;
    return this.start + before;
  }
}
