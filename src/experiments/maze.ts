import { Maze, type MazeOptions, maze9, mazeDp, mazeText } from "../tasks/index.js";
import type { Experiment, Metric } from "../training/index.js";
import { type AgentDefaults, agentExperiment, initialAlpha } from "./agents.js";
import { integerOption, numberOption } from "./options.js";

const bp: Partial<AgentDefaults> = { lr: 1e-4, eps: 1e-4 };

const dp: Partial<AgentDefaults> = {
  ...bp,
  neurons: 200,
  rule: "oja",
  clipNorm: 1e9,
  value: 0.03,
  penaltyCoefficient: 0.1,
};

const others: readonly Metric[] = [
  {
    name: "firstFind",
    label: "steps to the first find, median",
    better: "lower",
    show: "number",
    over: "median",
  },
  {
    name: "return",
    label: "steps back to it, median of the episodes' medians",
    better: "lower",
    show: "number",
    over: "median",
  },
  {
    name: "ceilingShare",
    label: "share of what an all-knowing agent gets",
    better: "higher",
    show: "percent",
  },
  {
    name: "explorerShare",
    label: "share of what a greedy explorer gets that knows the walls and where it is",
    better: "higher",
    show: "percent",
  },
  { name: "found", label: "finds of an episode", better: "higher", show: "number" },
];

type About = Pick<Experiment, "name" | "title" | "source" | "expected" | "episodes"> & {
  readonly departures?: readonly string[];
};

const mazeExperiment = (about: About, maze: MazeOptions, usual: Partial<AgentDefaults>): Experiment =>
  agentExperiment({
    ...about,
    departures: [
      "The baseline of each episode is its own value, not the first episode's.",
      "Every iteration makes an optimiser step, the first hundred too.",
      initialAlpha,
      ...(about.departures ?? []),
    ],
    usual,
    options: {
      size: integerOption(maze.size, "cells along a side, walls included; odd", { min: 5, max: 99 }),
      steps: integerOption(maze.steps, "time steps of an episode", { min: 1, max: 2000 }),
      bumpCost: numberOption(maze.bumpCost, "what bumping into a wall costs", { min: 0 }),
      goalMoves: integerOption(0, "times that the goal moves within an episode, each at a random step", {
        min: 0,
        max: 20,
      }),
    },
    others,
    testEpisodes: 500,
    environment: ({ size, steps, bumpCost, goalMoves }) =>
      new Maze({ ...maze, size, steps, bumpCost, goalMoves }),
  });

/** 9 x 9 cells and the walls around them: 11 x 11. */
export const maze = mazeExperiment(
  {
    name: "maze",
    title: "Maze exploration, 11 x 11 with its walls: find the reward, then go straight back to it",
    source: "Miconi, Rawal, Clune, Stanley 2019 (arXiv 2002.10585), 4.2",
    expected: "modulated above plastic above rnn, after 6,000,000 episodes (200,000 batches of 30)",
    departures: [
      "The size is the text's, 9 x 9 without the outer walls; the program's is 13 with them (--size 13).",
    ],
    episodes: 6_000_000,
  },
  mazeText,
  bp,
);

/** A task of our own: small enough to be learned in minutes. */
export const mazeSmall = mazeExperiment(
  {
    name: "maze-9",
    title: "Maze exploration, 9 x 9 with its walls: a smaller task than the paper's",
    source: "after Miconi, Rawal, Clune, Stanley 2019 (arXiv 2002.10585), 4.2",
    expected: "modulated or plastic clearly above lstm, and that above rnn",
    departures: [
      "A smaller maze than any published one: 41 free cells and 8 pillars, where the paper's have 65 and 16.",
      "A learning rate of 1e-3 and Adam's epsilon of 1e-8, so that minutes suffice.",
    ],
    episodes: 90_000,
  },
  maze9,
  { ...bp, lr: 1e-3, eps: 1e-8 },
);

/** 11 x 11, bumping hurts: the maze of the first paper. */
export const mazeFirst = mazeExperiment(
  {
    name: "maze-dp",
    title: "Maze exploration, 11 x 11, with Oja's rule",
    source: "Miconi, Clune, Stanley 2018 (arXiv 1804.02464), 4.5",
    expected: "plastic above homogeneous above rnn, after 1,000,000 episodes",
    departures: [
      "Batches of 30 episodes, not single ones.",
      "The agent is told its previous action, and the share of the episode that is over instead of the step's number.",
    ],
    episodes: 1_000_000,
  },
  mazeDp,
  dp,
);
