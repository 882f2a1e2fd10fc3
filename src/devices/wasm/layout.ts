import { strideOf as paddedStride } from "../loops/target.js";

/** Where things lie in the engine's memory, in bytes from its start. */
export const control = {
  /** Counts the programs started; workers wait for it to change. */
  start: 64,
  startSleepers: 128,
  barrierCount: 192,
  barrierGeneration: 256,
  barrierSleepers: 320,
  /** The program to run, 0: leave the loop and look for messages. */
  program: 384,
  threads: 388,
  /** Workers that have carried out a message. */
  acknowledged: 448,
} as const;

/** Masks that keep the first lanes of a vector, one for each number of lanes but all; the one for n lies n vectors behind this. */
export const tailMasks = 512;
/** Room for recorded commands and their arguments. */
export const programArea = { from: 4096, to: 4 * 1024 * 1024 } as const;
export const heapStart = programArea.to;

/** Floats a row takes in WebAssembly. */
export const strideOf = (cols: number): number => paddedStride(cols, { lanes: 4 });

/** What an episode needs is taken from the memory in pieces of at least so many bytes. */
export const scratchChunk = 8 * 1024 * 1024;
