import { checkInteger } from "./options.js";
import { type Probe, type ProbeEpisode, shareWrong } from "./probe.js";
import type { Random } from "./random.js";

export interface AssociativeRetrievalOptions {
  /** Letters with a digit each, in an episode; 1 to 26. */
  readonly pairs: number;
  /** Steps without input from the question to the answer. */
  readonly pause: number;
}

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

  episode(random: Random): ProbeEpisode {
    const { pairs } = this.options;
    const keys = random.choose(pairs, KEYS);
    const digits = keys.map(() => random.integer(DIGITS));
    const which = random.integer(pairs);
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
