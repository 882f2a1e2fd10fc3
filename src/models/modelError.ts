import { shown } from "./safetensorsFormat.js";

/** A file is no model or snapshot of ours, is damaged, truncated or hostile, or was written by a later version. */
export class ModelError extends Error {
  override readonly name = "ModelError";
}

/** The error for a file that has the right form and the wrong content. */
export const wrong = (what: string, expected: string, got: unknown): ModelError =>
  new ModelError(
    `${what}: expected ${expected}, got ${shown(got)}; the file is damaged or made by hand; use another copy`,
  );
