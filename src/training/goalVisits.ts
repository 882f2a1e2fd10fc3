import type { Goals } from "../tasks/index.js";
import { type MeanInterval, meanInterval } from "./meanInterval.js";

/** How many steps of an episode led to a place, or were spent there. */
export interface PlaceVisits {
  /** In the second half of an episode. */
  readonly visits: MeanInterval;
  /** Mean over the episodes at each time step, [steps]. */
  readonly perStep: Float64Array;
}

/** Counts how often the episodes of several batches, one after the other, come to their goal and to another place. */
export class GoalVisits {
  private readonly perStep: { readonly own: Float64Array; readonly other: Float64Array };
  /** Of each episode from `from` on. */
  private readonly visits: { readonly own: number[]; readonly other: number[] } = { own: [], other: [] };
  /** By episode of the present batch: the other place; null where there is none, or it is the goal's. */
  private others: (number | null)[] = [];
  /** Number of the batch's first episode. */
  private first = 0;

  constructor(
    private readonly goals: Goals,
    steps: number,
    private readonly from: number,
  ) {
    this.perStep = { own: new Float64Array(steps), other: new Float64Array(steps) };
  }

  /** The first `count` of a batch of episodes begin; `donor` says which episode's goal is the other place, if any. */
  begin(worlds: readonly unknown[], count: number, donor: ((episode: number) => number) | null): void {
    const at = worlds.map((world) => this.goals.at(world));
    this.first = this.visits.own.length;
    this.others = at.slice(0, count).map((goal, b) => {
      const other = donor && at[donor(b)]!;
      return other === goal ? null : other;
    });
    for (let b = 0; b < count; b++) this.visits.own.push(0);
    for (let b = 0; b < count; b++) this.visits.other.push(this.others[b] === null ? Number.NaN : 0);
  }

  /** Goals are moved: where they were is the other place from now on. */
  move<World>(worlds: readonly World[], move: (world: World, episode: number) => void): void {
    worlds.forEach((world, b) => {
      if (b < this.others.length) {
        this.others[b] = this.goals.at(world);
        this.visits.other[this.first + b] = 0;
      }
      move(world, b);
    });
  }

  /** After step t. */
  see(t: number, worlds: readonly unknown[]): void {
    this.others.forEach((other, b) => {
      const reached = this.goals.reached(worlds[b]);
      if (reached < 0) return;
      const place = reached === this.goals.at(worlds[b]) ? "own" : reached === other ? "other" : null;
      if (place === null) return;
      this.perStep[place][t]!++;
      if (t >= this.from) this.visits[place][this.first + b]!++;
    });
  }

  /** `other`: null where no episode had another place; episodes without one do not count there. */
  result(): { readonly own: PlaceVisits; readonly other: PlaceVisits | null } {
    const of = (place: "own" | "other"): PlaceVisits | null => {
      const counted = this.visits[place].filter((visits) => !Number.isNaN(visits));
      if (counted.length === 0) return null;
      return {
        visits: meanInterval(counted),
        perStep: this.perStep[place].map((sum) => sum / counted.length),
      };
    };
    return { own: of("own")!, other: of("other") };
  }
}

/** Steps over which visits are added up where two places are compared: single steps are too few. */
const WINDOW = 20;

/**
 * How many steps after `changed` visits to the other place have fallen below those to the goal for good: the least number from
 * which on every window of 20 steps has fewer of them; null where there is none.
 */
export function stepsToGiveUp(own: Float64Array, other: Float64Array, changed: number): number | null {
  const length = own.length - changed;
  const width = Math.min(WINDOW, length);
  const sum = (values: Float64Array, from: number) =>
    values.subarray(changed + from, changed + from + width).reduce((a, b) => a + b, 0);
  let least: number | null = null;
  for (let from = length - width; from >= 0; from--) {
    if (sum(other, from) >= sum(own, from)) break;
    least = from;
  }
  return least;
}
