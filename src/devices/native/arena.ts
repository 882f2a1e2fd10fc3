import { BlockArena } from "../engine/arena.js";
import type { Area } from "../engine/machine.js";
import type { Runtime } from "./runtime.js";

/** The host sees memory through windows of so many bytes, opened when they are needed: none may exceed 4 GiB. */
const windowBytes = 64 * 1024 * 1024;
/** Room for recorded programs, at the arena's start. */
const programBytes = 8 * 1024 * 1024;
const cure = "use a smaller batch, fewer neurons or shorter episodes";

/** An engine's arena: addresses are pointers, argument words have eight bytes. */
export class NativeArena extends BlockArena {
  readonly programArea: Area;
  /** Those that lie side by side, by their number; others, by where they lie and how long they are. */
  private readonly windows: Float32Array[] = [];
  private readonly odd = new Map<string, Float32Array>();

  private constructor(
    private readonly runtime: Runtime,
    readonly engine: number,
    private readonly start: number,
    limit: number,
  ) {
    super(start, start + programBytes, limit, cure);
    this.programArea = { from: start, to: start + programBytes };
    this.hold(programBytes);
  }

  /** Reserves addresses for `limit` bytes (and a window, so that kernels may read beyond the last block) and starts threads. */
  static open(runtime: Runtime, limit: number, threads: number): NativeArena {
    const engine = runtime.open(limit + windowBytes, threads);
    return new NativeArena(runtime, engine, runtime.start(engine), limit);
  }

  floats(address: number, count: number): Float32Array {
    const offset = address - this.start;
    const number = Math.floor(offset / windowBytes);
    const at = offset - number * windowBytes;
    if (at + count * 4 > windowBytes) return this.across(offset, count * 4);
    this.windows[number] ??= this.window(number * windowBytes, windowBytes);
    return this.windows[number].subarray(at / 4, at / 4 + count);
  }

  putWords(address: number, words: ArrayLike<number>): void {
    const floats = this.floats(address, 2 * words.length);
    const halves = new Int32Array(floats.buffer, floats.byteOffset, floats.length);
    for (let i = 0; i < words.length; i++) {
      const word = words[i]!;
      halves[2 * i] = word; // Its lower half, whatever its sign: typed arrays count modulo 2^32.
      halves[2 * i + 1] = Math.floor(word / 2 ** 32);
    }
  }

  /** Ends threads and gives memory back. */
  close(): void {
    this.windows.length = 0;
    this.odd.clear();
    this.runtime.close(this.engine);
  }

  /** Whole windows become usable at a time; pages that nobody touches take no memory. */
  protected hold(bytes: number): void {
    this.runtime.grow(this.engine, Math.ceil(bytes / windowBytes) * windowBytes);
  }

  private window(offset: number, bytes: number): Float32Array {
    return new Float32Array(this.runtime.window(this.engine, offset, bytes));
  }
  /** A window of its own for a block that lies across the borders of the others. */
  private across(offset: number, bytes: number): Float32Array {
    const key = `${offset} ${bytes}`;
    let window = this.odd.get(key);
    if (!window) {
      window = this.window(offset, bytes);
      this.odd.set(key, window);
    }
    return window;
  }
}
