/**
 * What adapts a language model to the text that it reads, at no training: a store of what came, which is mixed with the model's own
 * probabilities. They are the measure for a network that learns by its traces. Words are numbers from 0; h is the model's hidden state
 * at the moment before the word, for those caches that look at it.
 */
export interface TextCache {
  /** The probability of one word next, whose probability the model gives as `own`. */
  probability(word: number, own: number, h: Float32Array): number;
  /** The same of all words at once, in place: `own` [words] sums up to 1 before and after. */
  mix(own: Float32Array, h: Float32Array): void;
  /** What came, after it was told. */
  learn(word: number, h: Float32Array): void;
  /** What it holds now: numbers of 4 bytes, words of 2. */
  readonly bytes: number;
}

/** Throws a RangeError unless a share of mixing is in 0 .. 1. */
export function checkShare(where: string, share: number): void {
  if (share >= 0 && share <= 1) return;
  throw new RangeError(`${where}: share must be a number from 0 to 1, got ${share}; 0.1 is usual`);
}

/** Throws a RangeError unless a size is a whole number from 1, or Infinity: everything. */
export function checkSize(where: string, size: number): void {
  if (size === Number.POSITIVE_INFINITY || (Number.isSafeInteger(size) && size >= 1)) return;
  throw new RangeError(
    `${where}: size must be a whole number of at least 1, or Infinity, got ${size}; 2000 words are usual`,
  );
}
