import type { EngineBuffer } from "./buffer.js";

/** How a command's work may be divided among threads. */
export type WorkSplit =
  /** One thread does it all; kernels that count something get 0 to `extent`. */
  | { readonly by: "nothing"; readonly extent: number }
  /** Any thread may take any part of the extent, in multiples of `grain`. */
  | { readonly by: "rows"; readonly extent: number; readonly grain: number; readonly work: number }
  /** Every episode is independent: consecutive commands of this kind need not wait for each other. */
  | { readonly by: "episodes"; readonly work: number };

/** A kernel, its arguments, and what it does to buffers. Memory that no buffer shows (versions of traces) is not declared. */
export interface Command {
  readonly kernel: number;
  readonly split: WorkSplit;
  /** Argument words; as a function if they are only known once what it needs is settled. */
  readonly words: number[] | (() => number[]);
  /** More words, after the arguments; argument number `at` becomes their address. */
  readonly table?: { readonly at: number; readonly words: readonly number[] };
  readonly reads?: readonly EngineBuffer[];
  /** Overwritten, or added to where they lie. */
  readonly writes?: readonly EngineBuffer[];
  /** Added to in the slots of a deferred sum: others may wait there too. */
  readonly adds?: readonly EngineBuffer[];
}
