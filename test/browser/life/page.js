import { live } from "./live.js";

const address = new URL("./model.safetensors", document.baseURI).href;

const inWorker = () =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./inWorker.js", import.meta.url), { type: "module" });
    worker.addEventListener("error", (event) =>
      reject(new Error(event.message || "the worker did not load")),
    );
    worker.addEventListener("message", ({ data: { lived, problem } }) => {
      if (problem) reject(new Error(problem));
      else resolve(lived);
    });
    worker.postMessage(address);
  });

/** What the test reads, once it is there. Without a bundler, workers have no import map. */
globalThis.lived = (async () => ({
  isolated: globalThis.crossOriginIsolated,
  page: await live(address),
  worker: document.querySelector("script[type=importmap]") ? null : await inWorker(),
}))();
