import { DeviceMemoryError } from "../device.js";
import type { Arena } from "./machine.js";

const alignment = 64;
/** Large blocks that are read side by side must not begin in the same cache set: so many bytes are left between them. */
const gap = 9 * 64;
const large = 32 * 1024;
/** Kernels may read (and throw away) a few numbers after a block's end; the memory must not end there. */
export const readAhead = 64;
/** What an episode needs is taken from the memory in pieces of at least so many bytes. */
export const scratchChunk = 8 * 1024 * 1024;

/** Bytes that a block takes. */
const sizeOf = (bytes: number): number =>
  Math.ceil(bytes / alignment) * alignment + (bytes < large ? 0 : gap);

export const readableBytes = (bytes: number): string =>
  bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.ceil(bytes / 1e6)} MB`;

/**
 * One memory for everything: kept blocks (parameters) and scratch chunks (an episode), which are rewound and used again at
 * the same addresses by the next episode. It grows from its start, and never shrinks.
 */
export abstract class BlockArena implements Arena {
  private top: number;
  private free = new Map<number, number[]>();
  private chunks: { address: number; bytes: number }[] = [];
  private chunk = 0;
  private offset = 0;

  constructor(
    /** Where the memory itself begins, and where its first block lies. */
    private readonly origin: number,
    start: number,
    /** The most bytes it may hold. */
    readonly limit: number,
    /** What to do when it is full. */
    protected readonly cure: string,
  ) {
    this.top = start;
  }

  abstract floats(address: number, count: number): Float32Array;
  abstract putWords(address: number, words: ArrayLike<number>): void;
  /** Makes the first `bytes` of the memory usable. Throws where the system refuses them. */
  protected abstract hold(bytes: number): void;

  /** Bytes ever held: memory never shrinks. */
  get peakBytes(): number {
    return this.top - this.origin;
  }

  /** Bytes that are held, but will be used again before memory grows: released blocks, and all scratch chunks. */
  get idleBytes(): number {
    let bytes = 0;
    for (const [size, addresses] of this.free) bytes += size * addresses.length;
    for (const chunk of this.chunks) bytes += chunk.bytes;
    return bytes;
  }

  expectRoom(bytes: number, what: string, idle = 0): void {
    const held = this.peakBytes - idle;
    if (held + bytes + readAhead > this.limit) {
      throw new DeviceMemoryError(
        `${what} needs ${readableBytes(bytes)} beside the ${readableBytes(held)} in use, but the limit is ` +
          `${readableBytes(this.limit)}; ${this.cure}`,
      );
    }
  }

  keepZeroed(bytes: number): number {
    const size = sizeOf(bytes);
    const released = this.free.get(size)?.pop();
    if (released === undefined) return this.grow(size);
    this.floats(released, size / 4).fill(0);
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
    const address = this.top;
    this.top += bytes;
    try {
      this.hold(this.peakBytes + readAhead);
    } catch {
      this.top = address;
      throw new DeviceMemoryError(
        `the system refused ${readableBytes(bytes)} more memory beside ${readableBytes(this.peakBytes)}; ${this.cure}`,
      );
    }
    return address;
  }
}
