import { ModelError } from "./modelError.js";
import type { StoredTensors } from "./safetensors.js";

/**
 * The `format` of a file's metadata: what it is, and a version. All are in version 2: from there on a file carries its
 * digest, and one without is damaged. Version 1 is the same without, and is still read.
 */
export const MODEL_FORMAT = "hebbian model 2";
export const CHECKPOINT_FORMAT = "hebbian checkpoint 2";
export const LIFE_FORMAT = "hebbian life 2";

/**
 * Whether a file is of the first version of the format that is expected; if not, it is of the present one.
 * @throws ModelError if it is neither, or lacks the digest that the present one has
 */
export function expectFormat(
  { metadata: { format = "" }, hasDigest }: Pick<StoredTensors, "metadata" | "hasDigest">,
  expected: string,
): boolean {
  const kind = expected.slice(0, -1);
  if (format === `${kind}1`) return true;
  if (format !== expected) {
    throw new ModelError(
      `expected a file of format "${expected}", got ${format ? JSON.stringify(format.slice(0, 60)) : "one without format"}; ` +
        (format.startsWith(kind)
          ? "a later version of hebbian wrote it: use that one"
          : `pass a ${kind.replace("hebbian ", "")}file`),
    );
  }
  if (!hasDigest) throw new ModelError("its digest is missing; use another copy");
  return false;
}
