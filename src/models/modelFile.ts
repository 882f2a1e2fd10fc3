import { MODEL_FORMAT } from "./format.js";
import { matricesOf } from "./matrices.js";
import { ModelError } from "./modelError.js";
import { type CheckedArchitecture, readArchitecture } from "./readArchitecture.js";
import { readStored } from "./stored.js";

/** The metadata that a model file's reader understands; all other entries are notes for people. */
export const ARCHITECTURE_KEY = "architecture";

export interface ModelFile {
  readonly architecture: CheckedArchitecture;
  /** Every tensor by name, row-major. */
  readonly parameters: ReadonlyMap<string, ModelTensor>;
  /** Where the model comes from: command, metrics, source, seed and whatever else its writer noted. */
  readonly provenance: Readonly<Record<string, string>>;
}

export interface ModelTensor {
  readonly rows: number;
  readonly cols: number;
  readonly values: Float32Array;
}

/**
 * Reads a model file with its architecture; `where` names it in errors.
 * @throws ModelError, and nothing else: damaged, truncated, of another format, or without an architecture
 */
export function readModelFile(bytes: Uint8Array, where: string): ModelFile {
  return readStored(bytes, MODEL_FORMAT, where, (stored) => {
    const { tensors, metadata } = stored;
    const { [ARCHITECTURE_KEY]: architecture, format: _, ...notes } = metadata;
    if (architecture === undefined) {
      throw new ModelError(
        "the file does not say how its network is built; write it anew with: hebbian export OLD NEW",
        { code: "other-format" },
      );
    }
    const damaged = (tensor: string, got: string) =>
      new ModelError(`tensor "${tensor}": expected a matrix of finite numbers, got ${got}; use another copy`);
    const parameters = new Map<string, ModelTensor>();
    for (const [name, { shape, data }] of Object.entries(matricesOf(tensors, "", damaged))) {
      const values = data instanceof Float32Array ? data : Float32Array.from(data);
      // What is finite in float64 may not be in float32.
      if (values !== data && !values.every(Number.isFinite)) throw damaged(name, "numbers beyond float32");
      parameters.set(name, { rows: shape[0], cols: shape[1], values });
    }
    return { architecture: readArchitecture(architecture, parameters), parameters, provenance: notes };
  });
}
