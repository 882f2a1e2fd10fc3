import { existsSync, readFileSync, statSync } from "node:fs";
import { patternsSmallWith } from "../src/experiments/index.js";
import { readArchitecture } from "../src/models/index.js";
import { decodeModel, type ModelState } from "../src/training/index.js";
import { explained, FileError } from "./files.js";
import type { Io } from "./io.js";
import { experimentOf, type FoundExperiment } from "./ownModules/experimentOf.js";
import type { ModuleRecords } from "./ownModules/moduleRecord.js";
import { RunFolder } from "./runFolder.js";
import { shellWord } from "./shellWord.js";
import type { TrainedPictures } from "./trainedPictures.js";

export interface Trained {
  readonly model: ModelState & { readonly notes: Readonly<Record<string, string>> };
  readonly pictures: TrainedPictures;
  /** Of a run: the modules of somebody's own that it was made of. */
  readonly modules: ModuleRecords;
}

/**
 * The network in a run folder, as of its latest episode, or in a model or checkpoint file.
 * Throws FileError or CheckpointError.
 */
export function readTrained(path: string, io: Pick<Io, "stderr">): Trained {
  if (!isFolder(path)) {
    const model = readModel(path);
    const { data = null, dataFolder = null, dataFingerprint = null } = model.notes;
    const pictures = { source: data, folder: dataFolder, fingerprint: dataFingerprint };
    return { model, pictures, modules: {} };
  }
  const folder = new RunFolder(path);
  const { data, dataFingerprint, modules } = folder.readConfig();
  const pictures = { source: data, folder: null, fingerprint: dataFingerprint };
  const saved = folder.readCheckpoint(io.stderr);
  // A damaged or missing checkpoint need not be missed where the run had finished.
  const isLatest = saved?.path === folder.file.checkpoint;
  const finished = isLatest ? null : readFinished(folder);
  if (finished && finished.episode >= (saved?.checkpoint.episode ?? 0))
    return { model: finished, pictures, modules };
  if (!saved) {
    throw new FileError(
      `${path} holds no checkpoint yet; go on with the run: hebbian train --resume ${shellWord(path)}`,
    );
  }
  return { model: { ...saved.checkpoint, notes: {} }, pictures, modules };
}

/** Throws a FileError if there is nothing of that name. */
export const isFolder = (path: string): boolean =>
  explained("open", path, () => statSync(path)).isDirectory();

/** The network that a run left when it last finished; null if it never has. */
export const readFinished = ({ file }: RunFolder): Trained["model"] | null =>
  existsSync(file.model) ? readModel(file.model) : null;

const readModel = (path: string): Trained["model"] => decodeModel(modelBytes(path), path);

/** A model file's bytes, also out of a pipe. Throws a FileError for a device: /dev/zero would never end. */
export function modelBytes(path: string): Uint8Array {
  return explained("read", path, () => {
    const about = statSync(path);
    if (about.isFile() || about.isFIFO()) return readFileSync(path);
    throw new FileError(`cannot read ${path}: it is no plain file; pass a model file`);
  });
}

/** The experiment that it was trained by; see `experimentOf`. */
export async function trainedExperiment(
  path: string,
  { model, modules }: Trained,
  given: string | undefined,
  io: Pick<Io, "stderr">,
): Promise<FoundExperiment> {
  const { experiment, notes } = model;
  const found = await experimentOf({ path, experiment, modules, moduleName: notes.module }, given, io);
  return found.modules.length === 0 ? withOwnRule(found, model) : found;
}

/**
 * The small patterns may have been trained by a rule that somebody typed (`patternsSmallWith`): tested is the network with the
 * rule that its file has, not with the one that the experiment would take.
 */
function withOwnRule(
  found: FoundExperiment,
  { notes, options, parameters }: Trained["model"],
): FoundExperiment {
  if (found.experiment.name !== "patterns-small" || options.network !== "plastic") return found;
  if (notes.architecture === undefined) return found;
  const stored = Object.entries(parameters);
  const shapes = new Map(stored.map(([name, { shape }]) => [name, { rows: shape[0], cols: shape[1] }]));
  const rule = readArchitecture(notes.architecture, shapes).connections[0]?.rule;
  return rule && rule.name !== options.rule ? { ...found, experiment: patternsSmallWith(rule) } : found;
}
