import { experiments } from "../../src/experiments/index.js";
import { scoreOf } from "../aggregate.js";
import { RunFolder } from "../runFolder.js";
import type { Condition, Figure, ScaleName } from "./figure.js";
import { type FoundRun, RunFinder } from "./foundRuns.js";
import { type Choice, chosenRate, GRID_SEED, type Outcome } from "./grid.js";

/** A run that a figure needs. */
export interface NeededRun extends FoundRun {
  readonly condition: Condition;
}

/** A run of the grid, which tries a learning rate. */
export interface Trial extends NeededRun {
  readonly rate: number;
  readonly outcome: Outcome;
}

/** All that a figure needs of one of its conditions. */
export interface Need {
  readonly condition: Condition;
  /** A run for each rate of the grid, ascending; none where the figure's scale has no grid. */
  readonly trials: readonly Trial[];
  /** The rate that they say is best; null while they do not, and without a grid. */
  readonly choice: Choice | null;
  /** The runs that are judged, by seed; none before their rate is known. */
  readonly seeds: readonly NeededRun[];
  /** How many more there will be once it is. */
  readonly waiting: number;
}

/** What is asked for. */
export interface Asked {
  readonly scale: ScaleName;
  /** Of each condition; as many as the figure has unless given. */
  readonly seeds?: number;
  readonly device: string;
  /** The folder that its runs lie in. */
  readonly out: string;
}

/** What some figures need, and what of it there is. */
export async function allNeeds(figures: readonly Figure[], asked: Asked): Promise<Map<Figure, Need[]>> {
  const needs = new Map<Figure, Need[]>();
  for (const figure of figures) needs.set(figure, await needsOf(figure, asked));
  return needs;
}

async function needsOf(figure: Figure, { scale, seeds, device, out }: Asked): Promise<Need[]> {
  const { experiment, data, scales } = figure.run;
  const { conditions, seeds: usual, rates = [], gridEpisodes = Number.POSITIVE_INFINITY } = scales[scale];
  const { metric } = experiments[experiment]!;
  const finder = new RunFinder(out);
  const of = async (
    condition: Condition,
    { rate, ...rest }: { rate: number | null; seed: number; episodes: number },
  ): Promise<NeededRun> => {
    const options = { ...condition.options, ...(rate !== null && { lr: rate }) };
    return { condition, ...(await finder.find({ experiment, options, data, device, ...rest })) };
  };
  const needs: Need[] = [];
  for (const condition of conditions) {
    const trials: Trial[] = [];
    for (const rate of rates) {
      const episodes = Math.min(condition.episodes, gridEpisodes);
      const needed = await of(condition, { rate, seed: GRID_SEED, episodes });
      trials.push({ ...needed, rate, outcome: outcomeOf(needed, metric.name) });
    }
    const choice = chosenRate(trials, metric);
    const isKnown = rates.length === 0 || choice !== null;
    const count = seeds ?? usual;
    const judged: NeededRun[] = [];
    for (let seed = 0; isKnown && seed < count; seed++) {
      judged.push(await of(condition, { rate: choice?.rate ?? null, seed, episodes: condition.episodes }));
    }
    needs.push({ condition, trials, choice, seeds: judged, waiting: isKnown ? 0 : count });
  }
  return needs;
}

function outcomeOf({ done, diverged }: FoundRun, metric: string): Outcome {
  if (done === null) return diverged ? "diverged" : null;
  return scoreOf(new RunFolder(done).readResult()!.evaluation, metric) ?? "diverged";
}

/** Runs that are still to be made, of those that can be told. */
export const openTrials = ({ trials }: Need): readonly Trial[] =>
  trials.filter(({ outcome }) => outcome === null);
export const openSeeds = ({ seeds }: Need): readonly NeededRun[] => seeds.filter(({ done }) => done === null);

/** Of some needs together: runs, those of them that are made, and those of the grid that are not. */
export function countsOf(needs: readonly Need[]): { needed: number; done: number; trialsLeft: number } {
  const sum = (of: (need: Need) => number) => needs.reduce((total, need) => total + of(need), 0);
  const needed = sum(({ trials, seeds, waiting }) => trials.length + seeds.length + waiting);
  const trialsLeft = sum((need) => openTrials(need).length);
  const left = trialsLeft + sum((need) => openSeeds(need).length + need.waiting);
  return { needed, done: needed - left, trialsLeft };
}
