import { ModelError } from "./modelError.js";
import type { StoredTensors } from "./safetensors.js";

/**
 * The `format` of a file's metadata: what it is, and a version. From version 2 on a file carries its digest, and one without
 * is damaged; version 1 is the same without. Version 3 of a life holds its states and traces only, where earlier ones held
 * all vectors of its last step too. All earlier versions are still read.
 */
export const MODEL_FORMAT = "hebbian model 2";
export const CHECKPOINT_FORMAT = "hebbian checkpoint 2";
export const LIFE_FORMAT = "hebbian life 3";

/**
 * Whether a file is of the first version of the format that is expected; if not, it is of a later one, up to the present.
 * @throws ModelError if it is none of these, or lacks the digest that it should have
 */
export function expectFormat(
  { metadata: { format = "" }, hasDigest }: Pick<StoredTensors, "metadata" | "hasDigest">,
  expected: string,
): boolean {
  const kind = expected.slice(0, -1);
  const version = format.startsWith(kind) ? format.slice(kind.length) : "";
  if (version === "1") return true;
  if (!/^[2-9]$/.test(version) || version > expected.slice(-1)) {
    throw new ModelError(
      `expected a file of format "${expected}", got ${format ? JSON.stringify(format.slice(0, 60)) : "one without format"}; ` +
        (version
          ? "a later version of hebbian wrote it: use that one"
          : `pass a ${kind.replace("hebbian ", "")}file`),
      { code: "other-format" },
    );
  }
  if (!hasDigest) throw new ModelError("its digest is missing; use another copy");
  return false;
}
