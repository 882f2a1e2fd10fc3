import { SafetensorsError, shown } from "./safetensorsFormat.js";

/** A file is no model or snapshot of ours, is damaged, truncated or hostile, or was written by a later version. */
export class ModelError extends Error {
  override readonly name = "ModelError";
}

/** The same error of a file, preceded by where it is; any other as it is. */
export const errorAt = (where: string, error: unknown): unknown =>
  error instanceof ModelError || error instanceof SafetensorsError
    ? new ModelError(`${where}: ${error.message}`, { cause: error })
    : error;

/** The error for a file that has the right form and the wrong content. */
export const wrong = (what: string, expected: string, got: unknown): ModelError =>
  new ModelError(
    `${what}: expected ${expected}, got ${shown(got)}; the file is damaged or made by hand; use another copy`,
  );
