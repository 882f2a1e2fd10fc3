import { checkInteger } from "./options.js";
import type { Random } from "./random.js";
import type { TokenEpisode, TokenTask } from "./tokens.js";

/** How long an episode of parity is. */
export interface ParityOptions {
  /** Bits in an episode. */
  readonly length: number;
}

/** Short enough to train in minutes; Grazzi et al. 2024 (arXiv 2411.12537) train up to 40 bits. */
export const parityTask: ParityOptions = { length: 40 };

/**
 * Parity: random bits, one a step; have there been an odd number of ones so far? Asked at every step. The smallest task of tracking
 * a state: a memory whose transition has no negative eigenvalue cannot do it at length. Grazzi et al. 2024.
 */
export class Parity implements TokenTask {
  readonly steps: number;
  readonly tokens = 2;
  readonly answers = 2;
  readonly questions: number;

  /** @throws RangeError for a task that there is not */
  constructor({ length }: ParityOptions) {
    checkInteger("parity", "length", length, 1, parityTask.length);
    this.steps = length;
    this.questions = length;
  }

  episode(random: Random): TokenEpisode {
    const tokens = Uint16Array.from({ length: this.steps }, () => random.integer(2));
    let odd = 0;
    const right = tokens.map((bit) => {
      odd = (odd + bit) % 2;
      return odd;
    });
    return { tokens, asked: Uint16Array.from(tokens, (_, t) => t), right };
  }
}
