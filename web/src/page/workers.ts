import { type Remote, wrap } from "comlink";
import type { DrawingWorker } from "../worker/drawing.js";
import type { ExplorationWorker } from "../worker/exploration.js";
import type { MemoryWorker } from "../worker/memory.js";
import type { NamingWorker } from "../worker/naming.js";
import type { OwnRuleWorker } from "../worker/ownRule.js";

/** What becomes of workers that do not start: blocked, or offline before they were fetched. Never settles otherwise. */
const failures = new WeakMap<object, Promise<never>>();

/** Everything is computed in workers; each starts when first asked for. */
const once = <T>(start: () => Worker): (() => Remote<T>) => {
  let remote: Remote<T> | null = null;
  return () => {
    if (remote) return remote;
    const worker = start();
    const failed = new Promise<never>((_, reject) => {
      worker.addEventListener("error", (event) => {
        event.preventDefault();
        reject(
          new Error(
            event.message ||
              (navigator.onLine ? "the worker does not start" : "the network cannot be fetched"),
          ),
        );
      });
    });
    failed.catch(() => {});
    remote = wrap<T>(worker);
    failures.set(remote as object, failed);
    return remote;
  };
};

/** What a worker answers; rejects also where the worker never starts. */
export const orFails = <T>(remote: object, answer: Promise<T>): Promise<T> =>
  Promise.race([answer, failures.get(remote) ?? answer]);

export const drawingWorker = once<DrawingWorker>(
  () => new Worker(new URL("../worker/drawing.worker.ts", import.meta.url), { type: "module" }),
);
/** The same network once more, with a memory of its own. */
export const codeWorker = once<DrawingWorker>(
  () => new Worker(new URL("../worker/drawing.worker.ts", import.meta.url), { type: "module" }),
);
export const memoryWorker = once<MemoryWorker>(
  () => new Worker(new URL("../worker/memory.worker.ts", import.meta.url), { type: "module" }),
);
export const explorationWorker = once<ExplorationWorker>(
  () => new Worker(new URL("../worker/exploration.worker.ts", import.meta.url), { type: "module" }),
);
export const namingWorker = once<NamingWorker>(
  () => new Worker(new URL("../worker/naming.worker.ts", import.meta.url), { type: "module" }),
);
/** The same network once more, that knows gestures. */
export const gestureWorker = once<NamingWorker>(
  () => new Worker(new URL("../worker/naming.worker.ts", import.meta.url), { type: "module" }),
);
export const ownRuleWorker = once<OwnRuleWorker>(
  () => new Worker(new URL("../worker/ownRule.worker.ts", import.meta.url), { type: "module" }),
);
