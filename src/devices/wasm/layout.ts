import { strideOf as paddedStride } from "../loops/target.js";

/** Where things lie in the engine's memory. All addresses in bytes. */
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

/** Room for recorded commands and their arguments. */
export const programArea = { from: 4096, to: 4 * 1024 * 1024 } as const;
export const heapStart = programArea.to;

/** Floats a row takes in WebAssembly. */
export const wasmStride = (cols: number): number => paddedStride(cols, { lanes: 4 });
