import { errorAt, readModelFile } from "../models/index.js";
import { expectOptions } from "./bytes.js";
import { Model } from "./model.js";
import { type LoadOptions, type ModelSource, readSource } from "./source.js";

/**
 * Loads a trained network from a model file: its bytes, a File or Blob, an address, or in Node a path.
 * In a page, a string is an address relative to the page; in Node, a string that is no http(s) or file address is a path.
 *
 * @throws ModelError, with one clear sentence, for whatever is wrong with the file or on the way to it
 * @throws TypeError for a source or options that can be none
 */
export async function loadModel(source: ModelSource, options: LoadOptions = {}): Promise<Model> {
  expectOptions("loadModel", options, ["onProgress", "signal"]);
  const { bytes, where } = await readSource(source, options);
  const file = readModelFile(bytes, where);
  try {
    return await Model.start(file);
  } catch (error) {
    throw errorAt(where, error);
  }
}
