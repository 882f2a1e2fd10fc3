import type { SkippedPicture } from "../src/tasks/index.js";
import type { ImageData } from "../src/training/index.js";

/** Pictures or characters as they were read: two sets that share none. */
export interface LoadedImages extends ImageData {
  /** What was left out, with the reason. */
  readonly skipped: readonly SkippedPicture[];
  /** SHA-256 of what was read: the same wherever it lies, another one for other pictures. */
  readonly fingerprint: string;
}
