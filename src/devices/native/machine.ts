import type { Area, Machine } from "../engine/machine.js";
import type { KernelModule } from "../loops/module.js";
import type { Target } from "../loops/target.js";
import { NativeArena } from "./arena.js";
import type { Objects } from "./objects.js";
import { printC, symbolOf } from "./printC.js";
import type { Runtime } from "./runtime.js";

/** A module whose kernels have places in the table, but are not in them yet. */
interface Pending {
  readonly text: string;
  readonly kernels: readonly { readonly index: number; readonly symbol: string }[];
}

/** Threads and kernels in C. Kernels are compiled when a program is about to run: all that it needs at once, side by side. */
export class NativeMachine implements Machine {
  readonly arena: NativeArena;
  readonly programArea: Area;
  readonly threads: number;
  private readonly engine: number;
  private kernels = 0;
  private pending: Pending[] = [];

  /** `limit`: bytes of memory; `flags`: of the compiler, for kernels. */
  constructor(
    private readonly runtime: Runtime,
    private readonly objects: Objects,
    readonly target: Target,
    private readonly flags: readonly string[],
    { threads, limit }: { readonly threads: number; readonly limit: number },
  ) {
    this.arena = NativeArena.open(runtime, limit, threads);
    this.programArea = this.arena.programArea;
    this.engine = this.arena.engine;
    this.threads = runtime.threads(this.engine);
  }

  install<Name extends string>(module: KernelModule<Name>): Record<Name, number> {
    const kernels = module.functions.flatMap((f) =>
      f.exported === null ? [] : [{ name: f.exported, index: this.kernels++, symbol: symbolOf(f) }],
    );
    this.pending.push({ text: printC(module), kernels });
    return Object.fromEntries(kernels.map(({ name, index }) => [name, index])) as Record<Name, number>;
  }

  /** @throws NativeDeviceError if a kernel cannot be compiled or loaded */
  run(program: number, together: boolean): void {
    if (this.pending.length > 0) this.compile();
    this.runtime.run(this.engine, program, together);
  }

  async dispose(): Promise<void> {
    this.arena.close();
  }

  private compile(): void {
    const { pending } = this;
    // Longest first: compilers that work side by side end at about the same time.
    pending.sort((a, b) => b.text.length - a.text.length);
    const sources = pending.map(({ text }) => ({ text, flags: this.flags }));
    this.objects.provide(sources, (path, i) => {
      for (const { index, symbol } of pending[i]!.kernels)
        this.runtime.load(this.engine, index, path, symbol);
    });
    this.pending = [];
  }
}
