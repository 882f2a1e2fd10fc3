import { errorAt, readModelFile } from "../models/index.js";
import { compiled } from "./model.js";

/**
 * The WebAssembly module of a model file, written ahead for `loadModel(file, { code })`: for pages whose policy lets nobody make
 * code, and for runtimes that take modules from a build only. `where` names the file in errors. The module depends on what the
 * network computes and on the version of hebbian, not on the weights.
 *
 * @throws ModelError for what is no model
 */
export function compileModel(bytes: Uint8Array, where = "model"): Uint8Array {
  const file = readModelFile(bytes, where);
  try {
    return compiled(file);
  } catch (error) {
    throw errorAt(where, error);
  }
}
