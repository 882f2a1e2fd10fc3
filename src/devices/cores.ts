import { nodeModule } from "./wasm/pool.js";

/** Threads that any machine takes, so that a run of a large machine can go on, bit for bit, on a small one. */
const THREADS_ANYWHERE = 64;

/** The processor's cores, as far as this process may use them; 1 where nobody tells. */
export const cores = (): number =>
  nodeModule("node:os")?.availableParallelism() ?? globalThis.navigator?.hardwareConcurrency ?? 1;

/**
 * The most threads that may be asked for: more than there are cores only wait for each other, and each takes 8 MB and a
 * twentieth of a second to start.
 */
export const mostThreads = (): number => Math.max(THREADS_ANYWHERE, cores());
