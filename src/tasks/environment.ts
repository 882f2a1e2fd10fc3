import type { Random } from "./random.js";

/**
 * A world that answers actions: pure `reset`, `observe` and `step`. It remembers nothing itself; all there is to know
 * about an episode lies in the state it is given, the stream of random numbers included. `step` changes that state in
 * place and nothing else, so that a batch of thousands of steps allocates nothing.
 */
export interface Environment<State = unknown> {
  /** How many actions there are; an action is 0 .. actions - 1. */
  readonly actions: number;
  /** Numbers in an observation. */
  readonly observations: number;
  /** Time steps of an episode. */
  readonly steps: number;
  /** The state at the start of an episode; everything random in it comes from `random`. */
  reset(random: Random): State;
  /** Writes what the agent perceives, `observations` numbers, to `into` from index `at` on. */
  observe(state: State, into: { [index: number]: number }, at: number): void;
  /** One time step: the reward of `action`. Throws a RangeError for an action there is not, or after the last step. */
  step(state: State, action: number): number;
  /** What a whole episode amounts to, by name, all finite. `rewards` [steps] are those that `step` returned. */
  measure(state: State, rewards: ArrayLike<number>): Record<string, number>;
}
