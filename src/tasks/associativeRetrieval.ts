import { checkInteger } from "./options.js";
import { type Probe, type ProbeEpisode, shareWrong } from "./probe.js";
import { type Random, random } from "./random.js";

/** How long an episode of associative retrieval is, and how hard. */
export interface AssociativeRetrievalOptions {
  /** Letters with a digit each, in an episode; 1 to 26. */
  readonly pairs: number;
  /** Steps without input from the question to the answer. */
  readonly pause: number;
  /** Sets of so many episodes, always the same, to draw from; a new episode each time unless given. */
  readonly sets?: RetrievalSets;
}

/** How many episodes each fixed set has, for tasks that are not drawn anew each time. */
export interface RetrievalSets {
  /** Episodes in each set. */
  readonly train: number;
  readonly validation: number;
  readonly test: number;
  /** Which of them tests draw from. */
  readonly tested: "validation" | "test";
}

/** Ba et al. 2016, 4.1: 100,000 sequences to train on, 10,000 to choose by, 20,000 to test on; tested: the latter. */
export const publishedSets: RetrievalSets = {
  train: 100_000,
  validation: 10_000,
  test: 20_000,
  tested: "test",
};

/**
 * Ba et al. 2016 (arXiv 1610.06258), 4.1: four pairs, as in their example. Their network reads its fast weights within a step,
 * with the question at hand; plastic connections read with the state of the step before, hence a pause of one step.
 */
export const fourPairs: AssociativeRetrievalOptions = { pairs: 4, pause: 1 };

const KEYS = 26;
const DIGITS = 10;
/** The symbol that announces the question. */
const MARK = KEYS + DIGITS;

/**
 * Associative retrieval, "c9k8j3f1??c" -> 9: letters, all different, each followed by a digit; then two question marks and
 * one of the letters. Which digit came after it? Ba et al. 2016, 4.1. Inputs are one-hot: 26 letters, 10 digits, the mark;
 * during the pause they are 0.
 */
export class AssociativeRetrieval implements Probe {
  readonly inputs = MARK + 1;
  readonly answers = DIGITS;
  readonly steps: number;
  readonly asked: readonly number[];

  /** @throws RangeError for a number of pairs that there is not */
  constructor(readonly options: AssociativeRetrievalOptions) {
    const { pairs, pause } = options;
    checkInteger("associativeRetrieval", "pairs", pairs, 1, fourPairs.pairs);
    checkInteger("associativeRetrieval", "pause", pause, 0, fourPairs.pause);
    if (pairs > KEYS) {
      throw new RangeError(
        `associativeRetrieval: pairs must be at most ${KEYS}, a letter each, got ${pairs}`,
      );
    }
    this.steps = 2 * pairs + 3 + pause;
    this.asked = [this.steps - 1];
  }

  episode(source: Random, split: "train" | "test" = "train"): ProbeEpisode {
    const { pairs, sets } = this.options;
    const set = sets && split === "test" ? sets.tested : "train";
    const own = sets ? random(0, `associative retrieval, ${set}`, source.integer(sets[set])) : source;
    const keys = own.choose(pairs, KEYS);
    const digits = keys.map(() => own.integer(DIGITS));
    const which = own.integer(pairs);
    const shown = keys.flatMap((key, k) => [key, KEYS + digits[k]!]);
    const symbols = [...shown, MARK, MARK, keys[which]!];
    const inputs = new Float32Array(this.steps * this.inputs);
    symbols.forEach((symbol, t) => {
      inputs[t * this.inputs + symbol] = 1;
    });
    return { inputs, right: Uint8Array.of(digits[which]!) };
  }

  measure({ right }: ProbeEpisode, given: ArrayLike<number>): Record<string, number> {
    return { error: shareWrong(right, given) };
  }
}
