import { ModelError } from "./modelError.js";

/**
 * The most that a model's file may ask for. Whatever asks for more is refused before it costs anything, so that a file from
 * anywhere takes at most a second, and memory in proportion to its size, to be read or refused. Every network that this
 * program trains stays far below; docs/lifetime.md has them in a table, with what the shipped models take.
 */
export const BUDGETS = {
  /** Bytes of a file: what 32-bit addresses can hold. */
  file: 2 ** 32,
  /** Bytes of its header: names and shapes of tensors, and what the file says about itself. */
  header: 4_000_000,
  /** Characters of the description of its network. */
  description: 1_000_000,
  /** Levels of objects and lists in the description. */
  nesting: 16,
  tensors: 10_000,
  /** Inputs, states, connections; entries of a list of names. */
  entries: 256,
  programs: 16,
  /** Operations of all programs. */
  operations: 256,
  /** Traces of one rule; its parameters, its signals. */
  traces: 16,
  parameters: 64,
  /** Numbers, names and calls in all formulas, those of a rule once for each operation that uses it. */
  formulas: 1_500,
  /** Bytes of WebAssembly. */
  code: 250_000,
  /** Elementary operations on numbers in one step of one life. */
  work: 2 ** 31,
  /** Bytes of one life, and of one matrix of weights. */
  life: 2 ** 30,
} as const;

export const overBudget = (where: string, most: number, of: string): ModelError =>
  new ModelError(
    `${where}: a model may have at most ${most} ${of}; the file is damaged or made by hand, or its network too large: use another`,
    { code: "too-large" },
  );

/** What is used up of a budget. */
export class Meter {
  #used = 0;

  constructor(
    private readonly most: number,
    private readonly of: string,
  ) {}

  /** Throws a ModelError once more is taken than there is. */
  take(amount: number, where: string): void {
    this.#used += amount;
    if (this.#used > this.most) throw overBudget(where, this.most, this.of);
  }
}
