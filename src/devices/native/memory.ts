import { BlockMemory } from "../engine/blocks.js";
import type { Target } from "../loops/target.js";
import type { Runtime } from "./runtime.js";

/** The host sees the arena through windows of so many bytes, opened when they are needed: typed arrays end at 2^32. */
const windowBytes = 64 * 1024 * 1024;

interface Window {
  readonly f32: Float32Array;
  readonly i32: Int32Array;
}

/** An engine's arena: addresses are pointers, argument words have eight bytes. */
export class NativeMemory extends BlockMemory {
  readonly start: number;
  private readonly windows: Window[] = [];

  /** `limit`: as many bytes were reserved. */
  constructor(
    private readonly runtime: Runtime,
    private readonly engine: number,
    readonly limit: number,
    target: Pick<Target, "lanes">,
  ) {
    super(target);
    this.start = runtime.start(engine);
    this.reach(1);
  }

  /** Whole windows become usable at a time; pages that nobody touches take no memory. */
  protected override reach(bytes: number): void {
    const whole = Math.ceil(bytes / windowBytes) * windowBytes;
    this.runtime.grow(this.engine, Math.min(whole, this.limit));
  }

  override write(address: number, data: ArrayLike<number>, from: number, count: number): void {
    this.eachPart(address, count, ({ f32 }, at, done, part) => {
      if (part === data.length) f32.set(data, at);
      else for (let i = 0; i < part; i++) f32[at + i] = data[from + done + i]!;
    });
  }

  override read(address: number, into: Float32Array | Float64Array, at: number, count: number): void {
    this.eachPart(address, count, ({ f32 }, start, done, part) => {
      if (part === into.length) into.set(f32.subarray(start, start + part));
      else for (let i = 0; i < part; i++) into[at + done + i] = f32[start + i]!;
    });
  }

  override zero(address: number, bytes: number): void {
    this.eachPart(address, bytes / 4, ({ f32 }, at, _, part) => {
      f32.fill(0, at, at + part);
    });
  }

  override writeWords(address: number, words: ArrayLike<number>): void {
    this.eachPart(address, 2 * words.length, ({ i32 }, at, done, part) => {
      for (let i = 0; i < part; i += 2) {
        const word = words[(done + i) / 2]!;
        i32[at + i] = word; // Its lower half, whatever its sign: typed arrays count modulo 2^32.
        i32[at + i + 1] = Math.floor(word / 2 ** 32);
      }
    });
  }

  /** Forgets all windows: their memory is about to go. */
  close(): void {
    this.windows.length = 0;
  }

  /** The windows over `count` numbers of four bytes: index in each, how many came before, how many are in it. */
  private eachPart(
    address: number,
    count: number,
    use: (window: Window, at: number, done: number, part: number) => void,
  ): void {
    const most = windowBytes / 4;
    const first = (address - this.start) / 4;
    for (let done = 0; done < count; ) {
      const number = Math.floor((first + done) / most);
      const at = first + done - number * most;
      const part = Math.min(count - done, most - at);
      use(this.window(number), at, done, part);
      done += part;
    }
  }

  private window(number: number): Window {
    let window = this.windows[number];
    if (!window) {
      const offset = number * windowBytes;
      const buffer = this.runtime.window(this.engine, offset, Math.min(windowBytes, this.limit - offset));
      window = { f32: new Float32Array(buffer), i32: new Int32Array(buffer) };
      this.windows[number] = window;
    }
    return window;
  }
}
