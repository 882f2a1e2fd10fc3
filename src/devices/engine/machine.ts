import type { KernelModule } from "../loops/module.js";
import type { Target } from "../loops/target.js";

/** A part of memory, from one address to another. */
export interface Area {
  readonly from: number;
  readonly to: number;
}

/** The memory that kernels work on, and who has which part of it. Addresses are in bytes; all blocks begin at cache lines. */
export interface Arena {
  /** The most bytes that may be held; ever held so far; held, but to be used again before memory grows. */
  readonly limit: number;
  readonly peakBytes: number;
  readonly idleBytes: number;
  /** Refuses, before anything is allocated, what will not fit; `idle` bytes of those held are there for it. */
  expectRoom(bytes: number, what: string, idle?: number): void;
  /** A zeroed block. Nothing that is still recorded may use a block that was released. */
  keepZeroed(bytes: number): number;
  release(address: number, bytes: number): void;
  /** A block of unknown content, until the next `resetScratch`. */
  scratch(bytes: number): number;
  resetScratch(): void;
  /** The numbers at an address; the view holds until memory grows. */
  floats(address: number, count: number): Float32Array;
  /** Writes whole numbers as words of the target's width. */
  putWords(address: number, words: ArrayLike<number>): void;
}

/** What runs kernels: the seam between the engine and one kind of target. */
export interface Machine {
  readonly target: Target;
  readonly arena: Arena;
  readonly threads: number;
  /** Room for recorded commands and their arguments. */
  readonly programArea: Area;
  /** Makes a module's kernels known to every thread; returns the table index of each name. */
  install<Name extends string>(module: KernelModule<Name>): Readonly<Record<Name, number>>;
  /** Runs a recorded program (see program.ts) to its end, with all threads or on this one alone. */
  run(program: number, together: boolean): void;
  dispose(): Promise<void>;
}
