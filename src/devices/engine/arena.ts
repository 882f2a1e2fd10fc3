import { Blocks, sizeOf } from "./blocks.js";
import type { Arena } from "./machine.js";

/** What an episode needs is taken from the memory in pieces of at least so many bytes. */
export const scratchChunk = 8 * 1024 * 1024;

/**
 * One memory for everything: kept blocks (parameters) and scratch chunks (an episode), which are rewound and used again at
 * the same addresses by the next episode.
 */
export abstract class BlockArena extends Blocks implements Arena {
  private chunks: { address: number; bytes: number }[] = [];
  private chunk = 0;
  private offset = 0;

  abstract putWords(address: number, words: ArrayLike<number>): void;

  /** Bytes that are held, but will be used again before memory grows: released blocks, and all scratch chunks. */
  get idleBytes(): number {
    let bytes = 0;
    for (const [size, addresses] of this.free) bytes += size * addresses.length;
    for (const chunk of this.chunks) bytes += chunk.bytes;
    return bytes;
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
}
