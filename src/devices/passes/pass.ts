/** What a kernel computes, as data: for every connection of every episode, or for every element of a matrix. */
import { type Formula, keyOf, type Rate } from "../../formulas/index.js";
import type { Reduction } from "../device.js";

/**
 * A computation at every point of a grid: episodes, rows (`pre`) and columns (`post`). Nothing in it belongs to a machine, and
 * nothing says in which order the points are visited: that is for a schedule (loops/schedule.ts).
 */
export interface Pass {
  /** What profiles and people call it. */
  readonly label: string;
  /** How many of each there are; null where a kernel is told with its arguments. */
  readonly axes: {
    readonly episode: number | null;
    readonly pre: number | null;
    readonly post: number | null;
  };
  readonly inputs: readonly PassInput[];
  /** Numbers of a row that its outputs name, over inputs and the reductions before: each takes the row's columns once more. */
  readonly reductions?: readonly Reduction[];
  /** Values by name, each from inputs and the values before it. */
  readonly lets: readonly Let[];
  /** Sums over the columns of a row, which the terms of several outputs may share. */
  readonly rowSums: readonly SharedSum[];
  /** Sums over the rows of a column: each is shared by the terms of several outputs along `post`. */
  readonly columnSums?: readonly SharedSum[];
  readonly outputs: readonly Output[];
}

/** Numbers in memory: along what they differ, and whether every episode has its own or all share them. */
interface Numbers {
  /** The argument that says where they lie. */
  readonly at: string;
  readonly along: Rate;
  readonly own: boolean;
}

export interface PassInput extends Numbers {
  readonly name: string;
}

export interface Let {
  readonly name: string;
  readonly formula: Formula;
  /**
   * The input whose place it takes in the formulas that follow. Values that renew inputs are assigned simultaneously: each is
   * computed from what was there before any of them.
   */
  readonly renews?: string;
  /** Tiny numbers become zero: see docs/design.md, "Tiny numbers". */
  readonly flush?: boolean;
  /** What it is, for people. */
  readonly about?: string;
}

export interface SharedSum {
  readonly name: string;
  readonly formula: Formula;
}

/** One term of a sum over a row (a column): what is constant along it, times a sum that several terms may share. */
export interface SumTerm {
  /** Of rate layer, episode or pre (post). */
  readonly factor: Formula;
  /** Name of a row's (a column's) `SharedSum`. */
  readonly sum: string;
}

/** What is left in memory. It may lie where an input does: all inputs at a point are read before an output is written there. */
export interface Output extends Numbers {
  readonly to: string;
  readonly formula: Formula;
  /** "sum": over all points that differ in nothing but what it is not along; "store" along `pre`: once a row. */
  readonly how: "store" | "sum";
  /** Added to what is there already; else written over it. */
  readonly adds: boolean;
  /** The same sum from row sums, or along `post` from column sums; empty where it has none. */
  readonly terms: readonly SumTerm[];
  readonly flush?: boolean;
  readonly about?: string;
}

const keys = new WeakMap<Pass, string>();

/** A string that two passes share exactly if they compute the same, whatever they are called. Remembered for each pass. */
export function keyOfPass(pass: Pass): string {
  let key = keys.get(pass);
  if (key === undefined) {
    const numbers = ({ at, along, own }: Numbers) => [at, along, own];
    const { axes, inputs, reductions = [], lets, rowSums, columnSums = [], outputs } = pass;
    key = JSON.stringify([
      [axes.episode, axes.pre, axes.post],
      inputs.map((input) => [input.name, ...numbers(input)]),
      reductions.map(({ name, how, formula }) => [name, how, keyOf(formula)]),
      lets.map(({ name, formula, renews, flush }) => [name, keyOf(formula), renews ?? null, flush === true]),
      [...rowSums, ...columnSums].map(({ name, formula }) => [name, keyOf(formula)]),
      outputs.map((output) => [
        ...[output.to, keyOf(output.formula), output.how, output.adds, output.flush === true],
        ...[...numbers(output), output.terms.map(({ factor, sum }) => [keyOf(factor), sum])],
      ]),
    ]);
    keys.set(pass, key);
  }
  return key;
}
