import type { Random } from "./random.js";

/** A task of answering: a stream of inputs, and what should be said at some of its steps. */
export interface SequenceTask<Episode extends SequenceEpisode = SequenceEpisode> {
  /** Time steps of an episode. */
  readonly steps: number;
  /** Numbers in the input of a step. */
  readonly inputs: number;
  /** Numbers in an answer; where it is one out of a few classes, how many there are. */
  readonly outputs: number;
  /** The steps whose answers are judged, ascending, the same in every episode; all of them unless given. */
  readonly asked?: readonly number[];
  /** An episode; everything random in it comes from `random`. `split`: those to be tested on may come from other data. */
  episode(random: Random, split: "train" | "test"): Episode;
  /**
   * What an episode's answers amount to, by name, all finite. `answers` [asked, outputs], row-major: what the network's readout
   * said at each step that was asked; of classes, the largest is the answer. Unless given, `error`: the mean squared error over
   * what the mask lets count, or the share of wrong answers.
   */
  measure?(episode: Episode, answers: Float32Array): Record<string, number>;
}

/** An episode of a sequence: what is shown, and what should be answered. */
export interface SequenceEpisode {
  /** [steps, inputs], row-major. */
  readonly inputs: ArrayLike<number>;
  /** [asked, outputs], row-major; of classes [asked], each 0 .. outputs - 1. */
  readonly targets: ArrayLike<number>;
  /** How much each answer counts, [asked], none below 0; all count 1 unless given. */
  readonly mask?: ArrayLike<number>;
}

/** The largest of `count` numbers from `at` on: its number. */
export function likeliest(values: ArrayLike<number>, at: number, count: number): number {
  let best = 0;
  for (let k = 1; k < count; k++) if (values[at + k]! > values[at + best]!) best = k;
  return best;
}
