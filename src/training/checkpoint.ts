import type { DeviceInfo } from "../devices/device.js";
import { isDeviceKind } from "../devices/kinds.js";
import {
  ARCHITECTURE_KEY,
  type Architecture,
  architectureText,
  CHECKPOINT_FORMAT,
  expectFormat,
  MODEL_FORMAT,
  ModelError,
  matricesOf,
  quantised,
  readSafetensors,
  SafetensorsError,
  type StoredMatrix,
  type TensorToWrite,
  writeSafetensors,
} from "../models/index.js";
import { version } from "./version.js";

/** A file is no checkpoint or model of ours, is damaged, or belongs to another network. */
export class CheckpointError extends Error {
  override readonly name = "CheckpointError";
}

/** A trained network, without what its training needs to go on. */
export interface ModelState {
  readonly experiment: string;
  /** Every option of the experiment. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The random numbers are a pure function of seed, stream and episode: there is no other generator state. */
  readonly seed: number;
  /** Training episodes lived through. */
  readonly episode: number;
  /** By parameter name: "recurrent.w". */
  readonly parameters: Readonly<Record<string, StoredMatrix>>;
}

/** All that a run needs to go on as if it had never stopped. */
export interface Checkpoint extends ModelState {
  readonly adamSteps: number;
  /** Adam's moments, by the parameters' names. */
  readonly m: Readonly<Record<string, StoredMatrix>>;
  readonly v: Readonly<Record<string, StoredMatrix>>;
  /** What one batch leaves for the next, beside parameters: a network's state in the middle of a text. Mostly nothing. */
  readonly carried?: Readonly<Record<string, StoredMatrix>>;
  /** What the learning rate is multiplied by beyond its schedule; 1 unless given. */
  readonly annealed?: number;
  /** The latest episodes in a row that had errors but no gradient: after some more the run ends. */
  readonly saturatedEpisodes: number;
  /** Going on is bit-identical only on the same kind of device with as many threads, and vectors of the same width. */
  readonly device: Pick<DeviceInfo, "kind" | "threads" | "lanes">;
}

const PARTS = ["parameters", "m", "v", "carried"] as const;

/** The bytes of a checkpoint file (safetensors). `notes` are further entries of its metadata. */
export function encodeCheckpoint(
  checkpoint: Checkpoint,
  notes: Readonly<Record<string, string>> = {},
): Uint8Array {
  const tensors: Record<string, TensorToWrite> = {};
  for (const part of PARTS) {
    for (const [name, matrix] of Object.entries(checkpoint[part] ?? {})) tensors[`${part}/${name}`] = matrix;
  }
  return writeSafetensors(tensors, {
    ...notes,
    ...identity(CHECKPOINT_FORMAT, checkpoint),
    adamSteps: String(checkpoint.adamSteps),
    ...((checkpoint.annealed ?? 1) !== 1 && { annealed: String(checkpoint.annealed) }),
    saturatedEpisodes: String(checkpoint.saturatedEpisodes),
    device: checkpoint.device.kind,
    threads: String(checkpoint.device.threads),
    ...(checkpoint.device.lanes && { lanes: String(checkpoint.device.lanes) }),
  });
}

/** How a model file keeps its numbers; 8-bit ones only in matrices, where their scales are worth their place. */
export type Precision = "float32" | "float16" | "int8";

/**
 * The bytes of a model file (safetensors): parameters only, under their own names, and how the network is built of them,
 * for `hebbian/lifetime`; `architecture` as it is, or as another file has it. `notes` say where it comes from: command, metrics,
 * rules.
 */
export function encodeModel(
  model: ModelState,
  architecture: Architecture | string,
  notes: Readonly<Record<string, string>>,
  precision: Precision = "float32",
): Uint8Array {
  const tensors = Object.entries(model.parameters).map(([name, { shape, data }]) => {
    if (precision === "int8" && shape[0] > 1) return quantised(name, shape, data);
    const half = precision === "float16" ? { dtype: "F16" as const } : {};
    return { [name]: { shape, data: Float32Array.from(data), ...half } };
  });
  return writeSafetensors(Object.assign({}, ...tensors), {
    ...notes,
    ...identity(MODEL_FORMAT, model),
    [ARCHITECTURE_KEY]: typeof architecture === "string" ? architecture : architectureText(architecture),
  });
}

/** Reads a checkpoint file; `where` names it in errors. Throws a CheckpointError, and nothing else. */
export function decodeCheckpoint(
  bytes: Uint8Array,
  where: string,
): Checkpoint & { notes: Record<string, string> } {
  const { tensors, metadata, isFirst } = readFile(bytes, where, () => CHECKPOINT_FORMAT);
  const parts = Object.fromEntries(PARTS.map((part) => [part, matrices(tensors, `${part}/`, where)])) as Pick<
    Checkpoint,
    (typeof PARTS)[number]
  >;
  const kind = metadata.device;
  if (!isDeviceKind(kind)) throw damagedNote(where, "device", kind);
  return {
    ...readIdentity(metadata, where),
    ...parts,
    adamSteps: readCount(metadata, "adamSteps", where),
    annealed: "annealed" in metadata ? readFactor(metadata, "annealed", where) : 1,
    // Version 1 forgot it.
    saturatedEpisodes: isFirst ? 0 : readCount(metadata, "saturatedEpisodes", where),
    device: {
      kind,
      threads: readCount(metadata, "threads", where),
      ...("lanes" in metadata && { lanes: readCount(metadata, "lanes", where) }),
    },
    notes: metadata,
  };
}

/** Reads a model file, or the model out of a checkpoint file. Throws a CheckpointError, and nothing else. */
export function decodeModel(
  bytes: Uint8Array,
  where: string,
): ModelState & { notes: Record<string, string> } {
  const { tensors, metadata, format } = readFile(bytes, where, (said) =>
    said.startsWith("hebbian checkpoint ") ? CHECKPOINT_FORMAT : MODEL_FORMAT,
  );
  const prefix = format === MODEL_FORMAT ? "" : "parameters/";
  return {
    ...readIdentity(metadata, where),
    parameters: matrices(tensors, prefix, where),
    notes: metadata,
  };
}

const identity = (format: string, { experiment, options, seed, episode }: ModelState) => ({
  format,
  version,
  experiment,
  options: JSON.stringify(options),
  seed: String(seed),
  episode: String(episode),
});

function readIdentity(metadata: Readonly<Record<string, string>>, where: string) {
  const { experiment } = metadata;
  if (!experiment) throw damagedNote(where, "experiment", experiment);
  return {
    experiment,
    seed: readWhole(metadata, "seed", where),
    options: readOptions(metadata, where),
    episode: readCount(metadata, "episode", where),
  };
}

function readOptions(metadata: Readonly<Record<string, string>>, where: string): Record<string, unknown> {
  try {
    const options: unknown = JSON.parse(metadata.options ?? "");
    if (typeof options === "object" && options !== null && !Array.isArray(options))
      return options as Record<string, unknown>;
  } catch {
    // Reported below, with the same words as any other damage.
  }
  throw damagedNote(where, "options", metadata.options);
}

/** Only what `String` makes of a number: `Number` also takes "", " 7", "0x7" and "7e0", which nobody wrote. */
function readWhole(metadata: Readonly<Record<string, string>>, key: string, where: string): number {
  const text = metadata[key];
  const value = Number(text);
  if (String(value) !== text || !Number.isSafeInteger(value)) throw damagedNote(where, key, text);
  return value;
}

/** A positive number. */
function readFactor(metadata: Readonly<Record<string, string>>, key: string, where: string): number {
  const value = Number(metadata[key]);
  if (String(value) !== metadata[key] || !(value > 0 && value < Infinity)) {
    throw damagedNote(where, key, metadata[key]);
  }
  return value;
}

/** A whole number from 0 in a file's metadata or notes. Throws a CheckpointError that names the file `where`. */
export function readCount(metadata: Readonly<Record<string, string>>, key: string, where: string): number {
  const value = readWhole(metadata, key, where);
  if (value < 0) throw damagedNote(where, key, metadata[key]);
  return value;
}

/** `format`: the one that is expected, given the one that the file says. */
function readFile(bytes: Uint8Array, where: string, format: (said: string) => string) {
  try {
    const file = readSafetensors(bytes);
    const expected = format(file.metadata.format ?? "");
    return { ...file, format: expected, isFirst: expectFormat(file, expected) };
  } catch (error) {
    if (!(error instanceof SafetensorsError || error instanceof ModelError)) throw error;
    throw new CheckpointError(`${where}: ${error.message}`, { cause: error });
  }
}

const matrices = (tensors: Parameters<typeof matricesOf>[0], prefix: string, where: string) =>
  matricesOf(tensors, prefix, (tensor, got) => damaged(where, tensor, got));

const damaged = (where: string, what: string, got: string) =>
  new CheckpointError(`${where}: damaged: no usable "${what}" in it (got ${got}); use another checkpoint`);

const damagedNote = (where: string, key: string, got: string | undefined) =>
  damaged(where, key, got === undefined ? "nothing" : JSON.stringify(got.slice(0, 60)));
