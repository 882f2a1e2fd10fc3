import { type Buffer, DeviceMemoryError } from "../device.js";
import { heapStart, scratchChunk, strideOf } from "./layout.js";

const pageBytes = 65536;
const largest = 65536 * pageBytes;
const alignment = 64;
/** Large blocks that are read side by side must not begin in the same cache set: so many bytes are left between them. */
const gap = 9 * 64;
const large = 32 * 1024;
/** Kernels may read (and throw away) a few numbers behind a block's end; the memory must not end there. */
const readAhead = 64;

/** Bytes that a block takes. */
const sizeOf = (bytes: number): number =>
  Math.ceil(bytes / alignment) * alignment + (bytes < large ? 0 : gap);

/** A matrix in the engine's memory; rows are padded to `stride` bytes and the padding is always zero. */
export class WasmBuffer implements Buffer {
  /** True once the host or a kernel may have queued work on it. */
  used = false;

  constructor(
    readonly rows: number,
    readonly cols: number,
    readonly address: number,
    readonly lifetime: "kept" | "scratch",
    /** True for a part of another buffer: what lies behind it is that buffer's. */
    readonly isView = false,
  ) {}

  get stride(): number {
    return strideOf(this.cols) * 4;
  }
  get bytes(): number {
    return this.rows * this.stride;
  }
}

/** A buffer as this device knows it; throws for one of another device. */
export function own(buffer: Buffer): WasmBuffer {
  if (!(buffer instanceof WasmBuffer)) throw new TypeError("this buffer belongs to another device");
  return buffer;
}

export function expectSameShape(what: string, a: WasmBuffer, b: WasmBuffer): void {
  if (a.rows !== b.rows || a.cols !== b.cols) {
    throw new RangeError(`${what}: expected [${a.rows}, ${a.cols}], got [${b.rows}, ${b.cols}]`);
  }
}

export const readableBytes = (bytes: number): string =>
  bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.ceil(bytes / 1e6)} MB`;

/**
 * A memory that may grow to `limit` bytes. Systems reserve addresses for the whole of it at once, shared memory above
 * all, and refuse what a process may not have: then smaller ones are tried, and at last one that is not shared.
 */
function reserve(shared: boolean, limit: number) {
  const initial = (2 * heapStart) / pageBytes;
  for (const kind of shared ? [true, false] : [false]) {
    let pages = Math.max(initial, Math.ceil(limit / pageBytes));
    for (;;) {
      try {
        const memory = new WebAssembly.Memory({ initial, maximum: pages, ...(kind && { shared: true }) });
        return { memory, shared: kind, maximum: pages * pageBytes };
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        if (pages === initial) break;
        pages = Math.max(initial, Math.floor(pages / 2));
      }
    }
  }
  throw new DeviceMemoryError(
    `the system refuses even ${readableBytes(initial * pageBytes)} of memory for WebAssembly; raise its limits. Node reserves ` +
      "10 GB of addresses for each memory: where these are limited (ulimit -v), start it with node --disable-wasm-trap-handler",
  );
}

/**
 * One linear memory for everything: kept blocks (parameters) and scratch chunks (an episode), which are rewound and
 * used again at the same addresses by the next episode.
 */
export class EngineMemory {
  readonly memory: WebAssembly.Memory;
  private top = heapStart;
  private free = new Map<number, number[]>();
  private chunks: { address: number; bytes: number }[] = [];
  private chunk = 0;
  private offset = 0;
  private views: { buffer: ArrayBufferLike; f32: Float32Array; i32: Int32Array } | null = null;

  /** False where it was not asked for, or the system refused it. */
  readonly shared: boolean;
  /** The most bytes it may hold: what was asked for, or less where the system refused that. */
  readonly limit: number;
  /** What the system refused when it began, in words; null if nothing. */
  readonly refused: string | null;

  /** @throws DeviceMemoryError if the system refuses even the smallest memory */
  constructor(
    shared: boolean,
    limit = largest,
    /** What to do when it is full. */
    private readonly cure = "use a smaller batch, fewer neurons or shorter episodes",
  ) {
    const reserved = reserve(shared, Math.min(limit, largest));
    this.memory = reserved.memory;
    this.shared = reserved.shared;
    this.limit = Math.min(limit, reserved.maximum);
    const less = reserved.maximum < Math.min(limit, largest);
    const refusals = [
      shared && !reserved.shared ? "shared memory" : null,
      less ? `more than ${readableBytes(reserved.maximum)} of memory` : null,
    ].filter((each) => each !== null);
    this.refused = refusals.length > 0 ? `the system refused ${refusals.join(" and ")}` : null;
  }

  /** Bytes ever held: memory never shrinks. */
  get peakBytes(): number {
    return this.top;
  }
  get f32(): Float32Array {
    return this.view().f32;
  }
  get i32(): Int32Array {
    return this.view().i32;
  }

  private view() {
    const { buffer } = this.memory;
    if (this.views?.buffer !== buffer) {
      this.views = { buffer, f32: new Float32Array(buffer), i32: new Int32Array(buffer) };
    }
    return this.views;
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
    if (held + bytes + readAhead > this.limit) {
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
    this.f32.fill(0, released / 4, (released + size) / 4);
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
    const missing = Math.ceil((this.top + readAhead - this.memory.buffer.byteLength) / pageBytes);
    if (missing > 0) {
      try {
        this.memory.grow(missing);
      } catch {
        this.top = address;
        throw new DeviceMemoryError(
          `the system refused ${readableBytes(bytes)} more memory beside ${readableBytes(address)}; ${this.cure}`,
        );
      }
    }
    return address;
  }
}
