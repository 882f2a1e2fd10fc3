import { checkShare, type TextCache } from "./textCache.js";

/** How an n-gram cache trusts its contexts, and how it mixes with the model. */
export interface NgramCacheOptions {
  /**
   * How many words the guess of the shorter context counts as, by length of the context: [of none, of one word, of two ...]. As many
   * numbers as the longest context has words, and one. Smaller ones trust the text sooner.
   */
  readonly prior: readonly number[];
  /** How far a context is trusted at most, 0 to 1, however often it came; 1 each unless given. */
  readonly share?: readonly number[];
}

/** What followed a context: how often in all, and each word. */
interface Followers {
  all: number;
  readonly counts: Map<number, number>;
}

/**
 * An interpolated n-gram model of the text itself, on top of another model's probabilities (Jelinek & Mercer 1980; with shares of 1,
 * MacKay & Peto 1995):
 *
 *     p_k(w) = (1 - l) p_(k-1)(w) + l count(w after the last k words) / n,  n = count(the last k words),  p_(-1) = own
 *     l = share_k n / (n + prior_k)
 *
 * It holds all that came, word after word: what it knows after two words of context is the text.
 */
export class NgramCache implements TextCache {
  private readonly contexts: Map<string | number, Followers>[];
  /** The latest words, the last of them last: as many as the longest context has. */
  private readonly latest: number[] = [];
  private entries = 0;
  private readonly share: readonly number[];

  /** @throws RangeError unless all priors are above 0 */
  constructor(private readonly options: NgramCacheOptions) {
    const { prior } = options;
    const wrong = prior.find((each) => !(each > 0 && each < Number.POSITIVE_INFINITY));
    if (prior.length === 0 || wrong !== undefined) {
      throw new RangeError(
        `NgramCache: prior must be numbers above 0, one for each length of context from 0 on, got [${prior.join(", ")}]; [500, 5, 2] is usual`,
      );
    }
    this.share = options.share ?? prior.map(() => 1);
    for (const share of this.share) checkShare("NgramCache", share);
    if (this.share.length !== prior.length) {
      throw new RangeError(
        `NgramCache: share must have ${prior.length} numbers, one for each of prior, got ${this.share.length}`,
      );
    }
    this.contexts = prior.map(() => new Map());
  }

  probability(word: number, own: number): number {
    let p = own;
    this.along(({ counts, all }, trust) => {
      p = (1 - trust) * p + (trust * (counts.get(word) ?? 0)) / all;
    });
    return p;
  }

  mix(own: Float32Array): void {
    // Shrinking factors are gathered, so that all words are gone through once.
    let kept = 1;
    const added = new Map<number, number>();
    this.along(({ all, counts }, trust) => {
      kept *= 1 - trust;
      for (const [word, p] of added) added.set(word, p * (1 - trust));
      for (const [word, count] of counts) added.set(word, (added.get(word) ?? 0) + (trust * count) / all);
    });
    for (let word = 0; word < own.length; word++) own[word]! *= kept;
    for (const [word, p] of added) own[word]! += p;
  }

  learn(word: number): void {
    this.contexts.forEach((known, length) => {
      if (length > this.latest.length) return;
      const key = this.keyOf(length);
      let followers = known.get(key);
      if (!followers) {
        followers = { all: 0, counts: new Map() };
        known.set(key, followers);
        this.entries++;
      }
      followers.all++;
      if (!followers.counts.has(word)) this.entries++;
      followers.counts.set(word, (followers.counts.get(word) ?? 0) + 1);
    });
    this.latest.push(word);
    if (this.latest.length >= this.contexts.length) this.latest.shift();
  }

  /** Six bytes a context and a word that followed it: a number and a place. */
  get bytes(): number {
    return 6 * this.entries;
  }

  /** What followed the latest words, from the shortest context to the longest that has come before, and how far it is trusted. */
  private along(visit: (followers: Followers, trust: number) => void): void {
    for (let length = 0; length <= this.latest.length && length < this.contexts.length; length++) {
      const followers = this.contexts[length]!.get(this.keyOf(length));
      if (!followers) return;
      const { all } = followers;
      visit(followers, (this.share[length]! * all) / (all + this.options.prior[length]!));
    }
  }

  private keyOf(length: number): string | number {
    if (length === 0) return 0;
    const words = this.latest.slice(-length);
    return length <= 3 ? words.reduce((key, word) => key * 65_536 + word, 0) : words.join(" ");
  }
}
