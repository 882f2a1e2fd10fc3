import type { Objects } from "./objects.js";
import { runtimeApi } from "./runtimeApi.js";
import { runtimeThreads } from "./runtimeThreads.js";

/** The runtime's functions; an engine (arena, table of kernels, threads) is a number to JavaScript. */
export interface Runtime {
  /** Reserves addresses for `bytes` and starts threads until there are `threads`, this one included. */
  open(bytes: number, threads: number): number;
  /** Threads that it has: fewer than wanted where the system has no more. */
  threads(engine: number): number;
  /** The first address of its arena. */
  start(engine: number): number;
  /** Makes the first `bytes` of the arena usable. Throws where the system has no more memory. */
  grow(engine: number, bytes: number): void;
  /** A part of the arena. No two may overlap; none may be used after `close`. */
  window(engine: number, offset: number, bytes: number): ArrayBuffer;
  /** Puts a function of a shared object into the table. */
  load(engine: number, index: number, path: string, name: string): void;
  /** Runs the program at an address to its end, with all threads or on this one alone. */
  run(engine: number, program: number, together: boolean): void;
  close(engine: number): void;
  /** Vector instructions that processor and system have, whatever the compiler believes. */
  features(): string;
}

/** All of it, in C. */
export const runtimeText: string = runtimeThreads + runtimeApi;

/** Linked with the program that loads it: macOS wants to hear that. */
const linkFlags = process.platform === "darwin" ? ["-Wl,-undefined,dynamic_lookup"] : [];
/** For any machine: it must be able to say what the one at hand lacks. */
const flags = ["-O2", "-pthread", ...linkFlags];

/**
 * The runtime, compiled if need be. It is a text here rather than a file beside, so that it is found wherever this module is:
 * in the sources, in `dist/`, in the package.
 *
 * @throws NativeDeviceError if it cannot be compiled or loaded
 */
export function loadRuntime(objects: Objects, text = runtimeText): Runtime {
  const module = { exports: {} as Runtime };
  objects.provide([{ text, flags }], (path) => process.dlopen(module, path));
  return module.exports;
}
