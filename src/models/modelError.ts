import { SafetensorsError, shown } from "./safetensorsFormat.js";

/**
 * What went wrong with a model or a snapshot, for a program that has something to do about it:
 *
 *     damaged         no file of ours, cut short, changed, or made by hand
 *     other-format    a file of another kind, or of a later version of hebbian
 *     too-large       it asks for more than a model may
 *     unreachable     it could not be read or fetched
 *     other-model     a snapshot of another model
 *     other-code      compiled ahead for another model, or by another version of hebbian
 *     no-memory       the system refuses the memory that it needs
 *     no-webassembly  there is no WebAssembly here, or one without SIMD
 *     code-refused    this place lets nobody make code: pass what `hebbian compile` wrote
 */
export type ModelErrorCode =
  | "damaged"
  | "other-format"
  | "too-large"
  | "unreachable"
  | "other-model"
  | "other-code"
  | "no-memory"
  | "no-webassembly"
  | "code-refused";

/** A file is no model or snapshot of ours, or cannot be used here; `code` says why, the message what to do. */
export class ModelError extends Error {
  override readonly name = "ModelError";

  readonly code: ModelErrorCode;

  constructor(
    message: string,
    { code = "damaged", cause }: { readonly code?: ModelErrorCode; readonly cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.code = code;
  }
}

/** The same error of a file, preceded by where it is; any other as it is. */
export const errorAt = (where: string, error: unknown): unknown =>
  error instanceof ModelError || error instanceof SafetensorsError
    ? new ModelError(`${where}: ${error.message}`, {
        code: (error as Partial<ModelError>).code,
        cause: error,
      })
    : error;

/** The error for a file that has the right form and the wrong content. */
export const wrong = (what: string, expected: string, got: unknown): ModelError =>
  new ModelError(
    `${what}: expected ${expected}, got ${shown(got)}; the file is damaged or made by hand; use another copy`,
  );
