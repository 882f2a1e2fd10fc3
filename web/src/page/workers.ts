import { type Remote, wrap } from "comlink";
import type { DrawingWorker } from "../worker/drawing.js";
import type { ExplorationWorker } from "../worker/exploration.js";
import type { MemoryWorker } from "../worker/memory.js";
import type { NamingWorker } from "../worker/naming.js";
import type { OwnRuleWorker } from "../worker/ownRule.js";

/** Everything is computed in workers; each starts when first asked for. */
const once = <T>(start: () => Worker): (() => Remote<T>) => {
  let remote: Remote<T> | null = null;
  return () => {
    remote ??= wrap<T>(start());
    return remote;
  };
};

export const drawingWorker = once<DrawingWorker>(
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
export const ownRuleWorker = once<OwnRuleWorker>(
  () => new Worker(new URL("../worker/ownRule.worker.ts", import.meta.url), { type: "module" }),
);
