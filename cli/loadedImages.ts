import type { SkippedPicture } from "../src/tasks/index.js";
import type { ImageData, TextData } from "../src/training/index.js";

/** What is known of data beside what is in it. */
interface Loaded {
  /** What was left out, with the reason. */
  readonly skipped: readonly SkippedPicture[];
  /** SHA-256 of what was read: the same wherever it lies, another one for other pictures or texts. */
  readonly fingerprint: string;
}

/** Pictures or characters as they were read: two sets that share none. */
export interface LoadedImages extends ImageData, Loaded {}

/** A text as it was read. */
export interface LoadedText extends TextData, Loaded {}

/** Whatever an experiment may need. */
export type LoadedData = LoadedImages | LoadedText;
