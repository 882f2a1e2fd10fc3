import { checkShare, checkSize, type TextCache } from "./textCache.js";

/** How much a unigram cache holds, and how it mixes with the model. */
export interface UnigramCacheOptions {
  /** How many of the latest words it holds; Infinity: all of them. */
  readonly size: number;
  /** Its share in the mixture, 0 to 1; the model's is the rest. */
  readonly share: number;
}

/**
 * The cache of Kuhn & De Mori 1990: a word is as likely as it was frequent among the latest ones. p(w) = (1 - share) own(w) +
 * share count(w) / counted; while it is empty, the model's own.
 */
export class UnigramCache implements TextCache {
  private readonly counts = new Map<number, number>();
  private readonly latest: number[] = [];
  private counted = 0;
  private next = 0;

  constructor(private readonly options: UnigramCacheOptions) {
    checkShare("UnigramCache", options.share);
    checkSize("UnigramCache", options.size);
  }

  probability(word: number, own: number): number {
    if (this.counted === 0) return own;
    const { share } = this.options;
    return (1 - share) * own + (share * (this.counts.get(word) ?? 0)) / this.counted;
  }

  mix(own: Float32Array): void {
    if (this.counted === 0) return;
    const { share } = this.options;
    for (let word = 0; word < own.length; word++) own[word]! *= 1 - share;
    for (const [word, count] of this.counts) own[word]! += (share * count) / this.counted;
  }

  learn(word: number): void {
    this.counts.set(word, (this.counts.get(word) ?? 0) + 1);
    this.counted++;
    const { size } = this.options;
    if (size === Number.POSITIVE_INFINITY) return;
    // A ring: the newest word stands where the oldest one stood.
    const at = this.latest.length < size ? this.latest.length : this.next;
    const oldest = this.latest[at];
    this.latest[at] = word;
    this.next = (at + 1) % size;
    if (oldest === undefined) return;
    this.counted--;
    const left = this.counts.get(oldest)! - 1;
    if (left === 0) this.counts.delete(oldest);
    else this.counts.set(oldest, left);
  }

  get bytes(): number {
    return 2 * this.latest.length + 6 * this.counts.size;
  }
}
