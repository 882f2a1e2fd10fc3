import { checkInteger } from "./options.js";
import { type Probe, type ProbeEpisode, shareWrong } from "./probe.js";
import type { Random } from "./random.js";

/** How long an episode of copying with a delay is, and how hard. */
export interface CopyDelayOptions {
  /** Different symbols. */
  readonly symbols: number;
  /** Symbols to remember, repetitions allowed. */
  readonly length: number;
  /** Blank steps before they are asked for. */
  readonly delay: number;
}

/** The task of Hochreiter and Schmidhuber 1997 as Arjovsky et al. 2016 (arXiv 1511.06464), 5.1, set it, but for a short delay. */
export const copyTask: CopyDelayOptions = { symbols: 8, length: 10, delay: 10 };

/**
 * Copy with delay: some random symbols, one a step; blank steps; then, from "go" on, the same symbols are wanted in their
 * order, one a step. Hochreiter and Schmidhuber 1997; Arjovsky et al. 2016, 5.1. Only the steps that ask for a symbol are
 * judged. Inputs are one-hot: the symbols, blank, "go".
 */
export class CopyDelay implements Probe {
  readonly inputs: number;
  readonly answers: number;
  readonly steps: number;
  readonly asked: readonly number[];

  /** @throws RangeError for a task that there is not */
  constructor(readonly options: CopyDelayOptions) {
    const { symbols, length, delay } = options;
    checkInteger("copyDelay", "symbols", symbols, 2, copyTask.symbols);
    checkInteger("copyDelay", "length", length, 1, copyTask.length);
    checkInteger("copyDelay", "delay", delay, 0, copyTask.delay);
    if (symbols > 256) throw new RangeError(`copyDelay: symbols must be at most 256, got ${symbols}`);
    this.inputs = symbols + 2;
    this.answers = symbols;
    this.steps = 2 * length + delay;
    this.asked = Array.from({ length }, (_, k) => length + delay + k);
  }

  episode(random: Random): ProbeEpisode {
    const { symbols, length, delay } = this.options;
    const [blank, go] = [symbols, symbols + 1];
    const right = Uint8Array.from({ length }, () => random.integer(symbols));
    const shown = [...right, ...Array(delay).fill(blank), go, ...Array(length - 1).fill(blank)];
    const inputs = new Float32Array(this.steps * this.inputs);
    shown.forEach((symbol, t) => {
      inputs[t * this.inputs + symbol] = 1;
    });
    return { inputs, right };
  }

  measure({ right }: ProbeEpisode, given: ArrayLike<number>): Record<string, number> {
    return { error: shareWrong(right, given) };
  }
}
