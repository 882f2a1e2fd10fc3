import { checkInteger } from "./options.js";
import { type Probe, type ProbeEpisode, shareWrong } from "./probe.js";
import type { Random } from "./random.js";

/** How long an episode of continual familiarity is, and how hard. */
export interface FamiliarityOptions {
  /** Bits of a stimulus, each -1 or 1. */
  readonly bits: number;
  /** Stimuli of an episode. */
  readonly steps: number;
  /** Steps from a stimulus to its repetition. */
  readonly interval: number;
  /** How often a stimulus that can be a repetition is one. */
  readonly repeat: number;
}

/** Tyulmankov, Yang, Abbott 2022 (Neuron 110), with fewer bits (theirs: 100) and stimuli (500). */
export const familiarityTask: FamiliarityOptions = { bits: 25, steps: 50, interval: 3, repeat: 0.5 };

/** Answers. */
const NOVEL = 0;
const FAMILIAR = 1;

/**
 * Continual familiarity detection: a stream of random stimuli; at every step, has this one been seen before? With
 * probability `repeat` a stimulus is that of `interval` steps ago, unless that one was a repetition itself: so everything is
 * seen at most twice. Tyulmankov, Yang, Abbott 2022.
 */
export class Familiarity implements Probe {
  readonly inputs: number;
  readonly answers = 2;
  readonly steps: number;
  readonly asked: readonly number[];

  /** @throws RangeError for a task that there is not */
  constructor(readonly options: FamiliarityOptions) {
    const { bits, steps, interval, repeat } = options;
    checkInteger("familiarity", "bits", bits, 1, familiarityTask.bits);
    checkInteger("familiarity", "interval", interval, 1, familiarityTask.interval);
    checkInteger("familiarity", "steps", steps, interval + 1, familiarityTask.steps);
    if (!(repeat >= 0 && repeat <= 1)) {
      throw new RangeError(
        `familiarity: repeat must be a probability, 0 to 1, got ${repeat}; the paper uses 0.5`,
      );
    }
    this.inputs = bits;
    this.steps = steps;
    this.asked = Array.from({ length: steps }, (_, t) => t);
  }

  episode(random: Random): ProbeEpisode {
    const { bits, steps, interval, repeat } = this.options;
    const inputs = new Float32Array(steps * bits);
    const right = new Uint8Array(steps);
    for (let t = 0; t < steps; t++) {
      const source = t - interval;
      const isRepeat = source >= 0 && right[source] === NOVEL && random.uniform() < repeat;
      if (isRepeat) inputs.copyWithin(t * bits, source * bits, (source + 1) * bits);
      else for (let k = 0; k < bits; k++) inputs[t * bits + k] = random.sign();
      right[t] = isRepeat ? FAMILIAR : NOVEL;
    }
    return { inputs, right };
  }

  /** `error`; `hits`: the share of repetitions that were noticed; `falseAlarms`: of new stimuli that were taken for some. */
  measure({ right }: ProbeEpisode, given: ArrayLike<number>): Record<string, number> {
    const said = (truth: number) => {
      let [all, familiar] = [0, 0];
      right.forEach((each, t) => {
        if (each !== truth) return;
        all++;
        if (given[t] === FAMILIAR) familiar++;
      });
      return all > 0 ? familiar / all : 0;
    };
    return { error: shareWrong(right, given), hits: said(FAMILIAR), falseAlarms: said(NOVEL) };
  }
}
