import { readFileSync, statSync } from "node:fs";
import { decodeModel, type ModelState } from "../src/training/index.js";
import { explained, FileError } from "./files.js";
import { RunFolder } from "./runFolder.js";
import { shellWord } from "./shellWord.js";

export interface Trained {
  readonly model: ModelState & { readonly notes: Readonly<Record<string, string>> };
  /** Where its pictures came from, if it is known and needed any. */
  readonly data: string | null;
}

/** The network in a run folder, or in a model or checkpoint file. Throws FileError or CheckpointError. */
export function readTrained(path: string): Trained {
  const isFolder = explained("open", path, () => statSync(path)).isDirectory();
  if (!isFolder) {
    const model = decodeModel(
      explained("read", path, () => readFileSync(path)),
      path,
    );
    return { model, data: model.notes.data ?? null };
  }
  const folder = new RunFolder(path);
  const { data } = folder.readConfig();
  const saved = folder.readCheckpoint();
  if (!saved) {
    throw new FileError(
      `${path} holds no checkpoint yet; go on with the run: hebbian train --resume ${shellWord(path)}`,
    );
  }
  return { model: { ...saved.checkpoint, notes: {} }, data };
}
