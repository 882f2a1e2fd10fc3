import { drawings } from "virtual:models";
import type { Remote } from "comlink";
import type { DrawingWorker } from "../../worker/drawing.js";
import { drawingWorker, orFails, startNow } from "../workers.js";

let file: Promise<Uint8Array> | null = null;
let loaded: Promise<number> | null = null;

/** The network of drawings, fetched once however often it is asked for. */
async function fetched(): Promise<Uint8Array> {
  if (!drawings) throw new Error("the network of this section was not built into the page");
  const response = await fetch(drawings);
  if (!response.ok) throw new Error(`${drawings}: the server answers ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** Loads the network of drawings into a worker, which starts while it is on its way. The answer is how many connections it has. */
export function drawingNetworkIn(worker: Remote<DrawingWorker>): Promise<number> {
  file ??= fetched();
  startNow(worker);
  return orFails(
    worker,
    file.then((bytes) => worker.load(bytes)),
  );
}

/** That of the first screen. */
export function drawingNetwork(): Promise<number> {
  if (!loaded) {
    loaded = drawingNetworkIn(drawingWorker());
    // Said by who waits for it.
    loaded.catch(() => {});
  }
  return loaded;
}
