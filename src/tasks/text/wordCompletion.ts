import { isWord } from "./typed.js";
import type { Vocabulary } from "./vocabulary.js";

/** What a person is offered while typing: of the words that begin as theirs does, those that are likeliest to come. */
export class WordCompletion {
  /** Numbers of all words, and of those that begin with a letter, ascending. */
  private readonly all: Uint16Array;
  private readonly byLetter = new Map<string, number[]>();

  /** @throws RangeError unless `offered` is a whole number from 1 */
  constructor(
    private readonly vocabulary: Vocabulary,
    /** How many words are offered at a time. */
    readonly offered = 3,
  ) {
    if (!Number.isSafeInteger(offered) || offered < 1) {
      throw new RangeError(
        `WordCompletion: offered must be a whole number of at least 1, got ${offered}; 3 is usual`,
      );
    }
    const words = vocabulary.tokens.flatMap((token, number) => (isWord(token) ? [number] : []));
    this.all = Uint16Array.from(words);
    for (const number of words) {
      const letter = firstOf(vocabulary.tokens[number]!);
      const known = this.byLetter.get(letter);
      if (known) known.push(number);
      else this.byLetter.set(letter, [number]);
    }
  }

  /** The likeliest words that begin with `prefix` (any, where it is empty), likeliest first; `probabilities` of all tokens. */
  suggestions(probabilities: ArrayLike<number>, prefix: string): string[] {
    const { tokens } = this.vocabulary;
    const found: number[] = [];
    for (const number of this.beginning(prefix)) {
      if (!tokens[number]!.startsWith(prefix)) continue;
      const p = probabilities[number]!;
      if (found.length === this.offered && p <= probabilities[found.at(-1)!]!) continue;
      let at = found.length;
      while (at > 0 && probabilities[found[at - 1]!]! < p) at--;
      found.splice(at, 0, number);
      if (found.length > this.offered) found.pop();
    }
    return found.map((number) => tokens[number]!);
  }

  /**
   * How many letters of a word must be typed until it is among the suggestions: 0 to its length; its whole length where it never is,
   * and for a word that the vocabulary lacks.
   */
  letters(probabilities: ArrayLike<number>, word: string): number {
    const { tokens } = this.vocabulary;
    const own = this.vocabulary.numberOf(word);
    const length = [...word].length;
    if (tokens[own] !== word || !isWord(word)) return length;
    const before = (number: number) => {
      const difference = probabilities[number]! - probabilities[own]!;
      return difference > 0 || (difference === 0 && number < own);
    };
    let ahead = 0;
    for (let i = 0; i < this.all.length && ahead < this.offered; i++) if (before(this.all[i]!)) ahead++;
    if (ahead < this.offered) return 0;
    // Of the words that come first: how many share so many letters with it.
    const letters = [...word];
    const sharing = Array<number>(length + 1).fill(0);
    for (const number of this.byLetter.get(letters[0]!)!) {
      if (!before(number)) continue;
      let shared = 0;
      for (const letter of tokens[number]!) {
        if (shared >= length || letter !== letters[shared]) break;
        shared++;
      }
      sharing[shared]!++;
    }
    let still = 0;
    let typed = length;
    while (typed > 0 && still + sharing[typed]! < this.offered) still += sharing[typed--]!;
    return typed + 1 > length ? length : typed + 1;
  }

  private beginning(prefix: string): Iterable<number> {
    return prefix === "" ? this.all : (this.byLetter.get(firstOf(prefix)) ?? []);
  }
}

const firstOf = (word: string): string => [...word][0]!;
