import { checkInteger } from "./options.js";
import type { Random } from "./random.js";
import type { TokenEpisode, TokenTask } from "./tokens.js";

/** How long an episode of modular arithmetic is, and how hard. */
export interface ModularArithmeticOptions {
  /** What is counted modulo: numbers are 0 .. modulus - 1. */
  readonly modulus: number;
  /** Numbers in an episode, with an operator between each two. */
  readonly numbers: number;
}

/** Delétang et al. 2022 (arXiv 2207.02098), modular arithmetic (simple): modulo 5; they train up to 40 tokens. */
export const arithmeticTask: ModularArithmeticOptions = { modulus: 5, numbers: 20 };

/** After the numbers, +, - and *. */
const OPERATORS = 3;

/**
 * Modular arithmetic, "2 + 3 * 4 - 1": numbers and operators in turn; what is it all so far, modulo 5? Products bind tighter, there
 * are no brackets. Asked at every number. Delétang et al. 2022, who ask at the end.
 */
export class ModularArithmetic implements TokenTask {
  readonly steps: number;
  readonly tokens: number;
  readonly answers: number;
  readonly questions: number;

  /** @throws RangeError for a task that there is not */
  constructor(readonly options: ModularArithmeticOptions) {
    const { modulus, numbers } = options;
    checkInteger("modularArithmetic", "modulus", modulus, 2, arithmeticTask.modulus);
    checkInteger("modularArithmetic", "numbers", numbers, 1, arithmeticTask.numbers);
    if (modulus > 1000) {
      throw new RangeError(
        `modularArithmetic: modulus must be at most 1000, got ${modulus}; the paper uses 5`,
      );
    }
    this.steps = 2 * numbers - 1;
    this.tokens = modulus + OPERATORS;
    this.answers = modulus;
    this.questions = numbers;
  }

  episode(random: Random): TokenEpisode {
    const { modulus } = this.options;
    const tokens = Uint16Array.from({ length: this.steps }, (_, t) =>
      t % 2 === 0 ? random.integer(modulus) : modulus + random.integer(OPERATORS),
    );
    const asked = Uint16Array.from({ length: this.questions }, (_, k) => 2 * k);
    return { tokens, asked, right: this.values(tokens) };
  }

  /** What the tokens amount to up to each number. */
  private values(tokens: Uint16Array): Uint16Array {
    const { modulus } = this.options;
    // All terms before the last, and the last with its sign: a product can still change that one.
    let [sum, term] = [0, tokens[0]!];
    const values = [term];
    for (let t = 2; t < tokens.length; t += 2) {
      const [operator, number] = [tokens[t - 1]! - modulus, tokens[t]!];
      if (operator === 2) term = (term * number) % modulus;
      else {
        sum = (sum + term) % modulus;
        term = operator === 0 ? number : (modulus - number) % modulus;
      }
      values.push((sum + term) % modulus);
    }
    return Uint16Array.from(values);
  }
}
