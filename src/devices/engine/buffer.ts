import type { Buffer } from "../device.js";

/** A matrix in the engine's memory; rows are padded to `stride` bytes and the padding is always zero. */
export class EngineBuffer implements Buffer {
  /** True once the host or a kernel may have queued work on it. */
  used = false;

  constructor(
    readonly rows: number,
    readonly cols: number,
    /** Bytes from a row to the next. */
    readonly stride: number,
    readonly address: number,
    readonly lifetime: "kept" | "scratch",
    /** True for a part of another buffer: what follows it is that buffer's. */
    readonly isView = false,
  ) {}

  get bytes(): number {
    return this.rows * this.stride;
  }
}

/** A buffer as this device knows it; throws for one of another device. */
export function own(buffer: Buffer): EngineBuffer {
  if (!(buffer instanceof EngineBuffer)) throw new TypeError("this buffer belongs to another device");
  return buffer;
}

export function expectSameShape(what: string, a: EngineBuffer, b: EngineBuffer): void {
  if (a.rows !== b.rows || a.cols !== b.cols) {
    throw new RangeError(`${what}: expected [${a.rows}, ${a.cols}], got [${b.rows}, ${b.cols}]`);
  }
}
