import type { Random } from "./random.js";

/** A task of tokens: whole numbers, one a step, and at some of the steps one right answer out of many. */
export interface TokenTask {
  /** Time steps of an episode. */
  readonly steps: number;
  /** Different tokens, 0 .. tokens - 1. */
  readonly tokens: number;
  /** How many answers there are to choose from. */
  readonly answers: number;
  /** How many answers an episode asks for: as many in every one, though not at the same steps. */
  readonly questions: number;
  /** An episode; everything random in it comes from `random`. */
  episode(random: Random): TokenEpisode;
}

/** An episode of tokens: what is read, when an answer is asked for, and which is right. */
export interface TokenEpisode {
  /** One a step, [steps]. */
  readonly tokens: Uint16Array;
  /** The steps that ask for an answer, ascending, [questions]. */
  readonly asked: Uint16Array;
  /** The right answers, [questions], each 0 .. answers - 1. */
  readonly right: Uint16Array;
}
