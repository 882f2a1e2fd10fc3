// @ts-check
/**
 * One worker thread of the engine. It lives inside the WebAssembly loop `work`, which runs whatever programs the host
 * starts, and leaves it only to carry out a message: instantiate a module, or end. Plain JavaScript, no imports, so that
 * it runs unchanged from the sources, from the package and from any bundle.
 */
const inNode = typeof process !== "undefined" && typeof process.getBuiltinModule === "function";
const parentPort = inNode ? process.getBuiltinModule("node:worker_threads").parentPort : null;

/** @type {{ memory: WebAssembly.Memory, table: WebAssembly.Table, words: Int32Array, thread: number, spins: number,
 *   start: number, acknowledged: number, work: (thread: number, spins: number, seen: number) => void } | undefined} */
let engine;

/** @param {any} message */
function carryOut(message) {
  if (message.kind === "init") {
    const { memory, executor, thread, spins, start, acknowledged } = message;
    const table = new WebAssembly.Table({ element: "anyfunc", initial: 1 });
    const { exports } = new WebAssembly.Instance(executor, { env: { memory, table } });
    const work = /** @type {any} */ (exports.work);
    engine = {
      memory,
      table,
      words: new Int32Array(memory.buffer),
      thread,
      spins,
      start,
      acknowledged,
      work,
    };
  } else if (engine) {
    const { module, names, first } = message;
    const { memory, table } = engine;
    const { exports } = new WebAssembly.Instance(module, { env: { memory, table } });
    if (table.length < first + names.length) table.grow(first + names.length - table.length);
    names.forEach((/** @type {string} */ name, /** @type {number} */ i) => {
      table.set(first + i, exports[name]);
    });
  }
  if (!engine) return;
  const { words, thread, spins, start, acknowledged, work } = engine;
  const seen = Atomics.load(words, start);
  Atomics.add(words, acknowledged, 1);
  Atomics.notify(words, acknowledged);
  work(thread, spins, seen);
}

if (parentPort) parentPort.on("message", carryOut);
else self.addEventListener("message", (event) => carryOut(event.data));
