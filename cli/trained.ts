import { readFileSync, statSync } from "node:fs";
import { decodeModel, type ModelState } from "../src/training/index.js";
import { explained, FileError } from "./files.js";
import { RunFolder } from "./runFolder.js";
import type { TrainedPictures } from "./trainedPictures.js";

export interface Trained {
  readonly model: ModelState & { readonly notes: Readonly<Record<string, string>> };
  readonly pictures: TrainedPictures;
}

/** The network in a run folder, or in a model or checkpoint file. Throws FileError or CheckpointError. */
export function readTrained(path: string): Trained {
  const isFolder = explained("open", path, () => statSync(path)).isDirectory();
  if (!isFolder) {
    const model = decodeModel(
      explained("read", path, () => readFileSync(path)),
      path,
    );
    const { data = null, dataFolder = null, dataFingerprint = null } = model.notes;
    return { model, pictures: { source: data, folder: dataFolder, fingerprint: dataFingerprint } };
  }
  const folder = new RunFolder(path);
  const { data, dataFingerprint } = folder.readConfig();
  const saved = folder.readCheckpoint();
  if (!saved) {
    throw new FileError(
      `${path} holds no checkpoint yet; go on with the run: hebbian train --resume ${path}`,
    );
  }
  return {
    model: { ...saved.checkpoint, notes: {} },
    pictures: { source: data, folder: null, fingerprint: dataFingerprint },
  };
}
