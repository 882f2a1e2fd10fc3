import type { Random } from "./random.js";

/** The place that a world rewards, for tests of what an agent's memory of it does: see `observeAgent`. */
export interface Goals<State = unknown> {
  /** The place that is rewarded now. */
  at(state: State): number;
  /** The place that the latest step led to, or left the agent in, though it may have been put elsewhere since; -1 before the first. */
  reached(state: State): number;
  /** Lets it stay where it is, in tasks where it moves. */
  hold(state: State): void;
  /** Puts the goal to another place. */
  move(state: State, random: Random): void;
}

/**
 * A world that answers actions: pure `reset`, `observe` and `step`. It remembers nothing itself; all there is to know
 * about an episode lies in the state it is given, the stream of random numbers included. `step` changes that state in
 * place and nothing else, so that a batch of thousands of steps allocates nothing.
 */
export interface Environment<State = unknown> {
  /** How many actions there are, at most 256; an action is 0 .. actions - 1. */
  readonly actions: number;
  /** Numbers in an observation. */
  readonly observations: number;
  /** Time steps of an episode. */
  readonly steps: number;
  /** The state at the start of an episode, an object; everything random in it comes from `random`. */
  reset(random: Random): State;
  /**
   * What the agent perceives, `observations` finite numbers: written to `into` from index `at` on, all of them every time; or
   * returned, which is simpler and slower.
   */
  // biome-ignore lint/suspicious/noConfusingVoidType: a function that writes returns nothing
  observe(state: State, into: { [index: number]: number }, at: number): ArrayLike<number> | void;
  /** One time step: the reward of `action`. May throw a RangeError for an action there is not, or after the last step. */
  step(state: State, action: number): number;
  /**
   * What a whole episode amounts to, by name, all finite; `reward`, the sum, unless given. `rewards` [steps] are those that
   * `step` returned.
   */
  measure?(state: State, rewards: ArrayLike<number>): Record<string, number>;
  /** Where it rewards one place among several. */
  readonly goals?: Goals<State>;
  /** The state as a person sees it, in a few lines of text, for `hebbian watch`. */
  draw?(state: State): string;
}
