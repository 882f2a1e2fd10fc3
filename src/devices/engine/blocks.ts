import { DeviceMemoryError } from "../device.js";

const alignment = 64;
/** Large blocks that are read side by side must not begin in the same cache set: so many bytes are left between them. */
const gap = 9 * 64;
const large = 32 * 1024;
/** Kernels may read (and throw away) a few numbers after a block's end; the memory must not end there. */
export const readAhead = 64;

/** Bytes that a block takes. */
export const sizeOf = (bytes: number): number =>
  Math.ceil(bytes / alignment) * alignment + (bytes < large ? 0 : gap);

export const readableBytes = (bytes: number): string =>
  bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.ceil(bytes / 1e6)} MB`;

/** A memory that hands out blocks, and takes them back for others of their size. It grows from its start, and never shrinks. */
export abstract class Blocks {
  #top: number;
  protected readonly free = new Map<number, number[]>();

  constructor(
    /** Where the memory itself begins, and where its first block lies. */
    private readonly origin: number,
    start: number,
    /** The most bytes it may hold. */
    readonly limit: number,
    /** What to do when it is full. */
    private readonly cure: string,
  ) {
    this.#top = start;
  }

  abstract floats(address: number, count: number): Float32Array;
  /** Makes the first `bytes` of the memory usable. Throws where the system refuses them. */
  protected abstract hold(bytes: number): void;

  /** Bytes ever held: memory never shrinks. */
  get peakBytes(): number {
    return this.#top - this.origin;
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

  protected grow(bytes: number): number {
    this.expectRoom(bytes, "this computation");
    const address = this.#top;
    this.#top += bytes;
    try {
      this.hold(this.peakBytes + readAhead);
    } catch {
      this.#top = address;
      throw new DeviceMemoryError(
        `the system refused ${readableBytes(bytes)} more memory beside ${readableBytes(this.peakBytes)}; ${this.cure}`,
      );
    }
    return address;
  }
}
