import type { Random } from "./random.js";

/** A task of pure memory: a stream of inputs, and one right answer out of a few at some of its steps. */
export interface Probe<Episode extends ProbeNumbers = ProbeEpisode> {
  /** Numbers in the input of a step. */
  readonly inputs: number;
  /** How many answers there are to choose from. */
  readonly answers: number;
  /** Time steps of an episode. */
  readonly steps: number;
  /** The steps that ask for an answer, ascending. */
  readonly asked: readonly number[];
  /** An episode; everything random in it comes from `random`. `split`: those to be tested on may come from other data. */
  episode(random: Random, split: "train" | "test"): Episode;
  /** What an episode's answers, [asked], amount to, by name, all finite; `error`, the share of wrong ones, unless given. */
  measure?(episode: Episode, given: ArrayLike<number>): Record<string, number>;
}

/** An episode of a probe: what is shown, and the right answers. */
export interface ProbeNumbers {
  /** [steps, inputs], row-major. */
  readonly inputs: ArrayLike<number>;
  /** [asked], each 0 .. answers - 1. */
  readonly right: ArrayLike<number>;
}

/** As the library's own probes make them. */
export interface ProbeEpisode extends ProbeNumbers {
  readonly inputs: Float32Array;
  readonly right: Uint8Array;
}

/** The share of wrong answers. */
export function shareWrong(right: ArrayLike<number>, given: ArrayLike<number>): number {
  let wrong = 0;
  for (let k = 0; k < right.length; k++) if (right[k] !== given[k]) wrong++;
  return wrong / right.length;
}
