import type { Machine } from "../engine/machine.js";
import type { KernelModule } from "../loops/module.js";
import { encodeWasm } from "./encode.js";
import { emitExecutor } from "./executor.js";
import { wasmTarget } from "./features.js";
import { control, programArea } from "./layout.js";
import type { EngineMemory } from "./memory.js";

/** How often a thread looks at a word before it goes to sleep: some hundred microseconds: waking it would take about fifty. */
const spins = 200_000;
const startTimeout = 10_000;

interface WorkerLike {
  postMessage(message: unknown): void;
  terminate(): unknown;
}

interface Executor {
  execute(program: number, threads: number, thread: number, spins: number): void;
  start(program: number, threads: number, spins: number): void;
}

/** The threads that share the engine's memory, and the table of kernels that each of them has. */
export class Pool implements Machine {
  readonly target = wasmTarget();
  readonly programArea = programArea;

  private readonly table = new WebAssembly.Table({ element: "anyfunc", initial: 1 });
  private workers: WorkerLike[] = [];
  private readonly executorModule: WebAssembly.Module;
  private readonly executor: Executor;

  constructor(readonly arena: EngineMemory) {
    this.executorModule = new WebAssembly.Module(
      encodeWasm(emitExecutor(this.target), { shared: arena.shared }),
    );
    this.executor = this.instantiate(this.executorModule) as unknown as Executor;
  }

  get threads(): number {
    return this.workers.length + 1;
  }

  /** Starts `count` workers. Rejects if they do not come up. */
  async addWorkers(count: number): Promise<void> {
    const { i32 } = this.arena;
    const expected = Atomics.load(i32, control.acknowledged / 4) + count;
    const failures: Promise<never>[] = [];
    for (let thread = 1; thread <= count; thread++) {
      const { worker, failed } = startWorker();
      failures.push(failed);
      this.workers.push(worker);
      worker.postMessage({
        kind: "init",
        memory: this.arena.memory,
        executor: this.executorModule,
        thread,
        spins,
        start: control.start / 4,
        acknowledged: control.acknowledged / 4,
      });
    }
    const ready = async () => {
      const end = performance.now() + startTimeout;
      while (Atomics.load(i32, control.acknowledged / 4) < expected) {
        if (performance.now() > end) throw new Error("the worker threads did not start in time");
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    };
    try {
      await Promise.race([ready(), ...failures]);
    } catch (error) {
      this.terminate();
      throw error;
    }
  }

  install<Name extends string>(kernels: KernelModule<Name>): Record<Name, number> {
    const module = new WebAssembly.Module(encodeWasm(kernels, { shared: this.arena.shared }));
    const names = kernels.functions.flatMap(({ exported }) => exported ?? []);
    const first = this.table.length;
    this.table.grow(names.length);
    const exports = this.instantiate(module);
    names.forEach((name, i) => {
      this.table.set(first + i, exports[name]);
    });
    if (this.workers.length > 0) {
      const { i32 } = this.arena;
      const word = control.acknowledged / 4;
      const expected = Atomics.load(i32, word) + this.workers.length;
      for (const worker of this.workers) worker.postMessage({ kind: "install", module, names, first });
      this.executor.start(0, 1, spins);
      for (let seen = Atomics.load(i32, word); seen < expected; seen = Atomics.load(i32, word)) {
        Atomics.wait(i32, word, seen, 1000);
      }
    }
    return Object.fromEntries(names.map((name, i) => [name, first + i])) as Record<Name, number>;
  }

  run(program: number, together: boolean): void {
    if (together && this.workers.length > 0) this.executor.start(program, this.threads, spins);
    else this.executor.execute(program, 1, 0, spins);
  }

  async dispose(): Promise<void> {
    const { workers } = this;
    this.terminate();
    await Promise.all(workers.map((worker) => worker.terminate()));
  }

  private terminate(): void {
    this.executor.start(0, 1, spins);
    for (const worker of this.workers) worker.terminate();
    this.workers = [];
  }

  private instantiate(
    module: WebAssembly.Module,
  ): WebAssembly.Exports & Record<string, WebAssembly.ExportValue> {
    return new WebAssembly.Instance(module, { env: { memory: this.arena.memory, table: this.table } })
      .exports;
  }
}

function startWorker(): { worker: WorkerLike; failed: Promise<never> } {
  const node = nodeModule("node:worker_threads");
  if (node) {
    const worker = new node.Worker(new URL("./worker.js", import.meta.url), { execArgv: [] });
    worker.unref();
    return { worker, failed: new Promise((_, reject) => worker.once("error", reject)) };
  }
  const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  const failed = new Promise<never>((_, reject) => {
    worker.addEventListener("error", (event) =>
      reject(new Error(event.message || "the worker script did not load")),
    );
  });
  return { worker, failed };
}

/** A module of Node's own, without an import that a bundler would follow; null outside Node. */
export function nodeModule<Name extends "node:worker_threads" | "node:os">(
  name: Name,
): (Name extends "node:os" ? typeof import("node:os") : typeof import("node:worker_threads")) | null {
  if (typeof process === "undefined" || typeof process.getBuiltinModule !== "function") return null;
  return process.getBuiltinModule(name) as never;
}
