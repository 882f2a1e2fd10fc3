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
  /** Operations of all programs. */
  operations: 512,
  /** Traces of one rule; its parameters, its signals. */
  traces: 16,
  parameters: 64,
  /** Numbers, names and calls in all formulas. */
  formulas: 20_000,
  /** Bytes of WebAssembly. */
  code: 2_000_000,
  /** Elementary operations on numbers in one step of one life. */
  work: 2 ** 31,
  /** Bytes of one life. */
  life: 2 ** 30,
} as const;
