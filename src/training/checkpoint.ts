import type { DeviceInfo } from "../devices/device.js";
import { isDeviceKind } from "../devices/kinds.js";
import {
  ARCHITECTURE_KEY,
  type Architecture,
  architectureText,
  MODEL_FORMAT,
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
  /** Going on is bit-identical only on the same kind of device with as many threads. */
  readonly device: Pick<DeviceInfo, "kind" | "threads">;
}

const CHECKPOINT = "hebbian checkpoint 1";
const PARTS = ["parameters", "m", "v"] as const;

/** The bytes of a checkpoint file (safetensors). `notes` are further entries of its metadata. */
export function encodeCheckpoint(
  checkpoint: Checkpoint,
  notes: Readonly<Record<string, string>> = {},
): Uint8Array {
  const tensors: Record<string, TensorToWrite> = {};
  for (const part of PARTS) {
    for (const [name, matrix] of Object.entries(checkpoint[part])) tensors[`${part}/${name}`] = matrix;
  }
  return writeSafetensors(tensors, {
    ...notes,
    ...identity(CHECKPOINT, checkpoint),
    adamSteps: String(checkpoint.adamSteps),
    device: checkpoint.device.kind,
    threads: String(checkpoint.device.threads),
  });
}

/** How a model file keeps its numbers; 8-bit ones only in matrices, where their scales are worth their place. */
export type Precision = "float32" | "float16" | "int8";

/**
 * The bytes of a model file (safetensors): parameters only, under their own names, and how the network is built of them,
 * for `hebbian/lifetime`. `notes` say where it comes from: command, metrics, rules.
 */
export function encodeModel(
  model: ModelState,
  architecture: Architecture,
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
    [ARCHITECTURE_KEY]: architectureText(architecture),
  });
}

/** Reads a checkpoint file; `where` names it in errors. Throws a CheckpointError, and nothing else. */
export function decodeCheckpoint(
  bytes: Uint8Array,
  where: string,
): Checkpoint & { notes: Record<string, string> } {
  const { tensors, metadata } = readFile(bytes, where);
  if (metadata.format !== CHECKPOINT) {
    throw new CheckpointError(
      `${where}: expected a file of format "${CHECKPOINT}", got ${found(metadata)}; pass a checkpoint of this program`,
    );
  }
  const parts = Object.fromEntries(PARTS.map((part) => [part, matrices(tensors, `${part}/`, where)])) as Pick<
    Checkpoint,
    (typeof PARTS)[number]
  >;
  const kind = metadata.device;
  if (!isDeviceKind(kind)) throw damaged(where, "device", kind);
  const device = { kind, threads: count(metadata, "threads", where) } as const;
  const adamSteps = count(metadata, "adamSteps", where);
  return { ...readIdentity(metadata, where), ...parts, adamSteps, device, notes: metadata };
}

/** Reads a model file, or the model out of a checkpoint file. Throws a CheckpointError, and nothing else. */
export function decodeModel(
  bytes: Uint8Array,
  where: string,
): ModelState & { notes: Record<string, string> } {
  const { tensors, metadata } = readFile(bytes, where);
  const prefix = { [MODEL_FORMAT]: "", [CHECKPOINT]: "parameters/" }[metadata.format ?? ""];
  if (prefix === undefined) {
    throw new CheckpointError(
      `${where}: expected a file of format "${MODEL_FORMAT}" or "${CHECKPOINT}", got ${found(metadata)}; ` +
        "pass a run folder, or a model.safetensors that this program wrote",
    );
  }
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
  if (!experiment) throw damaged(where, "experiment", experiment);
  const seed = Number(metadata.seed);
  if (!metadata.seed || !Number.isSafeInteger(seed)) throw damaged(where, "seed", metadata.seed);
  return {
    experiment,
    seed,
    options: readOptions(metadata, where),
    episode: count(metadata, "episode", where),
  };
}

function readOptions(metadata: Readonly<Record<string, string>>, where: string): Record<string, unknown> {
  try {
    const options: unknown = JSON.parse(metadata.options ?? "");
    if (typeof options === "object" && options !== null) return options as Record<string, unknown>;
  } catch {
    // Reported below, with the same words as any other damage.
  }
  throw damaged(where, "options", metadata.options);
}

function count(metadata: Readonly<Record<string, string>>, key: string, where: string): number {
  const value = Number(metadata[key] || Number.NaN);
  if (!Number.isSafeInteger(value) || value < 0) throw damaged(where, key, metadata[key]);
  return value;
}

function readFile(bytes: Uint8Array, where: string) {
  try {
    return readSafetensors(bytes);
  } catch (error) {
    if (!(error instanceof SafetensorsError)) throw error;
    throw new CheckpointError(`${where}: ${error.message}`, { cause: error });
  }
}

const matrices = (tensors: Parameters<typeof matricesOf>[0], prefix: string, where: string) =>
  matricesOf(tensors, prefix, (tensor, got) => damaged(where, tensor, got));

const found = ({ format }: Readonly<Record<string, string>>) =>
  format ? `"${format}"` : "a file without format";

const damaged = (where: string, what: string, got: unknown) =>
  new CheckpointError(
    `${where}: damaged: no usable "${what}" in it (got ${got ?? "nothing"}); use another checkpoint`,
  );
