import { train } from "./train.js";

const inWorker = () =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./inWorker.js", import.meta.url), { type: "module" });
    worker.addEventListener("error", (event) =>
      reject(new Error(event.message || "the worker did not load")),
    );
    worker.addEventListener("message", ({ data: { reported, problem } }) => {
      if (problem) reject(new Error(problem));
      else resolve(reported);
    });
  });

/** What the test reads, once it is there. */
globalThis.trained = (async () => ({
  isolated: globalThis.crossOriginIsolated,
  page: await train(),
  ...(await inWorker()),
}))();
