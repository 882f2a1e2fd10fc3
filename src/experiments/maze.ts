import { Maze, type MazeOptions, maze9, mazeBp, mazeDp } from "../tasks/index.js";
import type { Experiment, Metric } from "../training/index.js";
import { type AgentDefaults, agentExperiment } from "./agents.js";
import { integerOption, numberOption } from "./options.js";

const bp: Partial<AgentDefaults> = { lr: 1e-4 };

const dp: Partial<AgentDefaults> = {
  ...bp,
  neurons: 200,
  rule: "oja",
  eps: 1e-4,
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
      ...(about.departures ?? []),
    ],
    usual,
    options: {
      size: integerOption(maze.size, "cells along a side, walls included; odd", { min: 5, max: 99 }),
      steps: integerOption(maze.steps, "time steps of an episode", { min: 1, max: 2000 }),
      bumpCost: numberOption(maze.bumpCost, "what bumping into a wall costs", { min: 0 }),
    },
    others,
    testEpisodes: 500,
    environment: ({ size, steps, bumpCost }) => new Maze({ ...maze, size, steps, bumpCost }),
  });

/** 13 x 13: the maze of the programs released with the paper. */
export const maze = mazeExperiment(
  {
    name: "maze",
    title: "Maze exploration, 13 x 13: find the reward, then go straight back to it",
    source: "Miconi, Rawal, Clune, Stanley 2019 (arXiv 2002.10585), 4.2",
    expected: "modulated above plastic above rnn, after 6,000,000 episodes (200,000 batches of 30)",
    episodes: 6_000_000,
  },
  mazeBp,
  bp,
);

/** 9 x 9: small enough to be learned in minutes. */
export const mazeSmall = mazeExperiment(
  {
    name: "maze-9",
    title: "Maze exploration, 9 x 9",
    source: "Miconi, Rawal, Clune, Stanley 2019 (arXiv 2002.10585), 4.2",
    expected: "modulated or plastic clearly above rnn",
    departures: ["A learning rate of 1e-3, so that minutes suffice."],
    episodes: 90_000,
  },
  maze9,
  { ...bp, lr: 1e-3 },
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
