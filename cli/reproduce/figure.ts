/** A kind of network that is compared, and what it is trained with. */
export interface Condition {
  readonly label: string;
  /** Options that are other than the experiment's defaults. */
  readonly options: Readonly<Record<string, string | number>>;
  readonly episodes: number;
  /** Processor seconds of an episode of training on one thread, as once measured: until a run here says how long it takes. */
  readonly secondsAnEpisode: number;
}

/** What a paper says, as something that can be judged. */
export type Claim =
  /** The first condition is better than the second: judged by the difference, seed by seed. */
  | { readonly kind: "better"; readonly words: string; readonly than: readonly [string, string] }
  /** A condition is at least as good as a number. */
  | { readonly kind: "reaches"; readonly words: string; readonly condition: string; readonly level: number }
  /** A condition is no better than a number: it fails at the task. */
  | { readonly kind: "fails"; readonly words: string; readonly condition: string; readonly level: number };

/** How a figure is reproduced: with less computing than the paper, or with as much. */
export interface Scale {
  readonly seeds: number;
  /** What is other than in the paper. */
  readonly setting: string;
  readonly conditions: readonly Condition[];
  /**
   * The grid of learning rates, ascending, the same for all networks: each condition has the best of them, by a run of each
   * (see grid.ts). Without it, all have the rates of their options.
   */
  readonly rates?: readonly number[];
  /** Episodes of a run of the grid, where it is shorter than those that are judged. */
  readonly gridEpisodes?: number;
}

/** A figure or table of a paper. */
export interface Figure {
  readonly name: string;
  readonly title: string;
  readonly source: string;
  /** What the paper, or its program where we ran that, reports. */
  readonly says: string;
  readonly claims: readonly Claim[];
  readonly run: {
    readonly experiment: string;
    /** Where its pictures come from; the usual unless given. */
    readonly data?: string;
    readonly scales: Readonly<Record<ScaleName, Scale>>;
  };
}

export type ScaleName = "small" | "paper";

/** The claim that a condition is better than another. */
export const better = (first: string, second: string): Claim => ({
  kind: "better",
  words: `${first} is better than ${second}`,
  than: [first, second],
});

/** Conditions that differ in the network, each with a cost of its own. */
export const networks = (
  costs: Readonly<Record<string, number>>,
  episodes: number,
  options: Condition["options"] = {},
): Condition[] =>
  Object.entries(costs).map(([network, secondsAnEpisode]) => ({
    label: network,
    options: { ...options, network },
    episodes,
    secondsAnEpisode,
  }));
