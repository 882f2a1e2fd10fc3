import { errorAt, readModelFile } from "../models/index.js";
import { expectOptions } from "./bytes.js";
import type { CompiledCode } from "./code.js";
import { Model } from "./model.js";
import { type ModelSource, type Progress, readSource } from "./source.js";

/** How `loadModel` gets a model, and what it tells meanwhile. */
export interface LoadOptions {
  /** Called as bytes arrive, and at the end. */
  readonly onProgress?: (progress: Progress) => void;
  /** An AbortSignal. On abort, loading ends with its reason. */
  readonly signal?: { readonly aborted: boolean; throwIfAborted(): void };
  /**
   * The model's code, as `hebbian compile` wrote it: a WebAssembly.Module, or its bytes. For places that let nobody make code
   * while they run; all others make it themselves, of the model's file.
   */
  readonly code?: CompiledCode;
}

/**
 * Loads a trained network from a model file: its bytes, a File or Blob, an address, or in Node a path.
 * In a page, a string is an address relative to the page; in Node, a string that is no http(s) or file address is a path.
 *
 * @throws ModelError, with one clear sentence, for whatever is wrong with the file or on the way to it
 * @throws TypeError for a source or options that can be none
 */
export async function loadModel(source: ModelSource, options: LoadOptions = {}): Promise<Model> {
  expectOptions("loadModel", options, ["onProgress", "signal", "code"]);
  const { bytes, where } = await readSource(source, options);
  const file = readModelFile(bytes, where);
  try {
    return await Model.start(file, options.code);
  } catch (error) {
    throw errorAt(where, error);
  }
}
