import { checkInteger } from "./options.js";
import type { Random } from "./random.js";
import type { TokenEpisode, TokenTask } from "./tokens.js";

/** How long an episode of multi-query recall is, and how hard. */
export interface MultiQueryRecallOptions {
  /** Different tokens: the first half are keys (and 0, which is none), the second values. */
  readonly vocabulary: number;
  /** Time steps. */
  readonly length: number;
  /** Keys with a value each. */
  readonly pairs: number;
  /** How fast questions grow rare with the distance: it is drawn as rank^(power - 1). */
  readonly power: number;
}

/** Arora et al. 2023 (arXiv 2312.04927): their smallest. */
export const zoologyRecall: MultiQueryRecallOptions = { vocabulary: 8192, length: 64, pairs: 4, power: 0.01 };

/**
 * Multi-query associative recall: "k1 v1 k2 v2 ... x x k2 x x x k1 x". Pairs of a key and a value, one token each, all different;
 * then every key once more, somewhere among random tokens, and there its value is the answer. Where: at every second step after
 * the pairs, at a distance that a power law makes small as a rule. Arora et al. 2023 (Zoology), 4.1 and appendix. Only those
 * steps are judged. The random tokens are never keys of the episode (theirs may be, which with 8192 is rare): else one could get
 * another value by chance, and no answer would be right.
 */
export class MultiQueryRecall implements TokenTask {
  readonly steps: number;
  readonly tokens: number;
  readonly answers: number;
  readonly questions: number;
  /** What every place for a question weighs, the nearest first. */
  private readonly weights: Float64Array;

  /** @throws RangeError for a task that there is not */
  constructor(readonly options: MultiQueryRecallOptions) {
    const { vocabulary, length, pairs, power } = options;
    const check = (name: keyof MultiQueryRecallOptions, least: number) =>
      checkInteger("multiQueryRecall", name, options[name], least, zoologyRecall[name]);
    check("vocabulary", 4);
    check("pairs", 1);
    check("length", 4 * pairs);
    if (vocabulary % 2 !== 0 || vocabulary > 65_536) {
      throw new RangeError(
        `multiQueryRecall: vocabulary must be even and at most 65536, got ${vocabulary}; half of it are keys`,
      );
    }
    if (pairs > vocabulary / 2 - 1) {
      throw new RangeError(
        `multiQueryRecall: pairs must be at most ${vocabulary / 2 - 1}, a key each, got ${pairs}; take a larger vocabulary`,
      );
    }
    if (!(power > 0)) {
      throw new RangeError(`multiQueryRecall: power must be above 0, got ${power}; the paper uses 0.01`);
    }
    this.steps = length;
    this.tokens = vocabulary;
    this.answers = vocabulary;
    this.questions = pairs;
    const places = Math.floor((length - 2 * pairs) / 2);
    this.weights = Float64Array.from({ length: places }, (_, k) => (k + 1) ** (power - 1));
  }

  episode(random: Random): TokenEpisode {
    const { vocabulary, length, pairs } = this.options;
    const half = vocabulary / 2;
    const keys = random.choose(pairs, half - 1).map((each) => each + 1);
    const values = random.choose(pairs, half).map((each) => each + half);
    const isKey = new Set(keys);
    const tokens = Uint16Array.from({ length }, () => {
      let token = random.integer(vocabulary);
      while (isKey.has(token)) token = random.integer(vocabulary);
      return token;
    });
    keys.forEach((key, k) => {
      tokens[2 * k] = key;
      tokens[2 * k + 1] = values[k]!;
    });
    const questions = this.places(random)
      .map((place, k) => ({ step: 2 * pairs + 2 * place, key: keys[k]!, value: values[k]! }))
      .sort((a, b) => a.step - b.step);
    for (const { step, key } of questions) tokens[step] = key;
    return {
      tokens,
      asked: Uint16Array.from(questions, ({ step }) => step),
      right: Uint16Array.from(questions, ({ value }) => value),
    };
  }

  /** A place of its own for each key, one after the other in proportion to the weights of those that are left. */
  private places(random: Random): number[] {
    const left = this.weights.slice();
    let total = left.reduce((sum, each) => sum + each, 0);
    return Array.from({ length: this.questions }, () => {
      let rest = random.uniform() * total;
      let place = left.findIndex((weight) => {
        rest -= weight;
        return weight > 0 && rest < 0;
      });
      // Rounding may leave a rest after the last one.
      if (place < 0) place = left.findLastIndex((weight) => weight > 0);
      total -= left[place]!;
      left[place] = 0;
      return place;
    });
  }
}
