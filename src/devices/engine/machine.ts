import type { KernelModule } from "../loops/module.js";
import type { Target } from "../loops/target.js";
import type { BlockMemory } from "./blocks.js";

/** What runs kernels: the seam between the engine, which writes programs, and WebAssembly or C, which carry them out. */
export interface Machine {
  /** What kernels are made for here. */
  readonly target: Target;
  readonly threads: number;
  readonly memory: BlockMemory;
  /** Makes the kernels of a module known to every thread; returns the table index of each by its name. */
  install(module: KernelModule): Readonly<Record<string, number>>;
  /** Runs the program at an address to its end, with all threads or on this one alone. */
  run(program: number, together: boolean): void;
  dispose(): Promise<void>;
}

/** Names of a module's kernels: what can be called from outside. */
export const kernelsIn = ({ functions }: KernelModule): string[] =>
  functions.flatMap(({ exported }) => exported ?? []);
