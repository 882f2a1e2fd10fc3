import { type Endpoint, type Remote, wrap } from "comlink";
import type { DrawingWorker } from "../worker/drawing.js";
import type { ExplorationWorker } from "../worker/exploration.js";
import type { MemoryWorker } from "../worker/memory.js";
import type { NamingWorker } from "../worker/naming.js";
import type { OwnRuleWorker } from "../worker/ownRule.js";

interface Started {
  /** What becomes of a worker that does not start: blocked, or offline before it was fetched. Never settles otherwise. */
  readonly failed: Promise<never>;
  start(): void;
}
const workers = new WeakMap<object, Started>();

/** Everything is computed in workers; each starts when something is first asked of it, not before. */
const once = <T>(make: () => Worker): (() => Remote<T>) => {
  let remote: Remote<T> | null = null;
  return () => {
    if (remote) return remote;
    let fail: (reason: Error) => void;
    const failed = new Promise<never>((_, reject) => {
      fail = reject;
    });
    failed.catch(() => {});
    const { endpoint, start } = whenAsked(() => {
      const worker = make();
      worker.addEventListener("error", (event) => {
        event.preventDefault();
        const offline = navigator.onLine ? "the worker does not start" : "the network cannot be fetched";
        fail(new Error(event.message || offline));
      });
      return worker;
    });
    remote = wrap<T>(endpoint);
    workers.set(remote as object, { failed, start });
    return remote;
  };
};

/** A worker that starts with the first message to it. */
function whenAsked(make: () => Worker): { endpoint: Endpoint; start: () => Worker } {
  type Listener = Parameters<Endpoint["addEventListener"]>;
  const heard: Listener[] = [];
  let worker: Worker | null = null;
  const start = () => {
    if (!worker) {
      worker = make();
      for (const listener of heard) worker.addEventListener(...listener);
    }
    return worker;
  };
  const endpoint: Endpoint = {
    postMessage: (message, transfer = []) => start().postMessage(message, transfer),
    addEventListener: (...listener) => {
      heard.push(listener);
      worker?.addEventListener(...listener);
    },
    removeEventListener: (...listener) => worker?.removeEventListener(...listener),
  };
  return { endpoint, start };
}

/** Starts a worker that is going to be asked something. */
export const startNow = (remote: object): void => workers.get(remote)?.start();

/** What a worker answers; rejects also where the worker never starts. */
export const orFails = <T>(remote: object, answer: Promise<T>): Promise<T> =>
  Promise.race([answer, workers.get(remote)?.failed ?? answer]);

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
