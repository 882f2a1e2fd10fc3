import { better, type Figure, networks } from "./figure.js";

const BP = "Miconi, Rawal, Clune, Stanley 2019 (arXiv 2002.10585)";

const agents = {
  modulated: 0.0034,
  retroactive: 0.0056,
  plastic: 0.0033,
  homogeneous: 0.006,
  rnn: 0.0011,
  lstm: 0.0015,
  "plastic-lstm": 0.0025,
};

const maze: Figure = {
  name: "maze",
  title: "Maze exploration with neuromodulated plasticity",
  source: `${BP}, 4.2`,
  says:
    "Modulated plasticity, simple and retroactive, gets more reward than plasticity alone, and that more than a plain RNN of as " +
    "many parameters (curves; no figures are given).",
  claims: [
    better("modulated", "plastic"),
    better("retroactive", "plastic"),
    better("plastic", "rnn"),
    better("modulated", "lstm"),
  ],
  run: {
    experiment: "maze",
    scales: {
      small: {
        seeds: 10,
        setting: "90,000 episodes; the LSTMs, which the paper has not, are ours.",
        rates: [3e-4, 1e-3, 3e-3],
        conditions: networks(agents, 90_000, { eps: 1e-8 }),
      },
      paper: {
        seeds: 10,
        setting: "6,000,000 episodes in batches of 30, as published.",
        conditions: networks(agents, 6_000_000),
      },
    },
  },
};

const mazeSmall: Figure = {
  name: "maze-9",
  title: "A smaller maze of our own",
  source: `after ${BP}, 4.2`,
  says: "Nothing: the paper's smallest maze has 65 free cells, and this one 41. The same order is to be expected.",
  claims: maze.claims,
  run: {
    experiment: "maze-9",
    scales: {
      small: {
        seeds: 10,
        setting: "90,000 episodes.",
        rates: [3e-4, 1e-3, 3e-3],
        conditions: networks(agents, 90_000),
      },
      paper: { seeds: 10, setting: "900,000 episodes.", conditions: networks(agents, 900_000) },
    },
  },
};

const cueCosts = { modulated: 0.002, retroactive: 0.0029, plastic: 0.0019, rnn: 0.00075, lstm: 0.00085 };

const cueReward: Figure = {
  name: "cue-reward",
  title: "Which cue brings the reward?",
  source: `${BP}, 4.1`,
  says: "Networks with modulated plasticity, simple and retroactive, learn the task; plasticity alone and the RNN do not.",
  claims: [
    better("modulated", "plastic"),
    better("modulated", "rnn"),
    better("retroactive", "plastic"),
    { kind: "fails", words: "plastic stays near chance, below 0.1", condition: "plastic", level: 0.1 },
    { kind: "fails", words: "rnn stays near chance, below 0.1", condition: "rnn", level: 0.1 },
  ],
  run: {
    experiment: "cue-reward",
    scales: {
      small: {
        seeds: 5,
        setting: "100 neurons, 120 steps, gradients clipped at 0.3, 240,000 episodes.",
        rates: [1e-4, 3e-4, 1e-3],
        conditions: networks(cueCosts, 240_000, {
          neurons: 100,
          steps: 120,
          clipNorm: 0.3,
          penaltyCoefficient: 0.03,
        }),
      },
      paper: {
        seeds: 10,
        setting: "200 neurons, 200 steps, 6,000,000 episodes, as published.",
        conditions: networks(
          { modulated: 0.025, retroactive: 0.03, plastic: 0.024, rnn: 0.01, lstm: 0.005 },
          6_000_000,
        ),
      },
    },
  },
};

/** Segments of 20 words in 20 streams: so many episodes read the training text once. */
const SEGMENTS = 46_460;

const words: Figure = {
  name: "penn-treebank",
  title: "Perplexity of LSTMs with neuromodulated plasticity on the Penn Treebank",
  source: `${BP}, 4.3, table 1`,
  says:
    "4.8 million parameters, mean +- 95 % of 16 runs: LSTM 104.26 +- 0.22, with plasticity 103.80 +- 0.25, with simple modulation " +
    "102.65 +- 0.30, retroactive 102.48 +- 0.28. 24.2 million: LSTM 62.48, modulated 61.44.",
  claims: [
    better("plastic", "lstm"),
    better("modulated", "lstm"),
    better("retroactive", "lstm"),
    better("modulated", "plastic"),
  ],
  run: {
    experiment: "ptb",
    data: "ptb",
    scales: {
      small: {
        seeds: 5,
        setting: "One LSTM of 100 neurons, two epochs, of which the second has half the rate.",
        rates: [0.5, 1, 2],
        conditions: networks(
          { lstm: 0.0045, plastic: 0.0045, modulated: 0.005, retroactive: 0.006 },
          2 * SEGMENTS,
          { epochs: 2, decayAfter: 1 },
        ),
      },
      paper: {
        seeds: 16,
        setting: "4.8 million parameters, 13 epochs, as published.",
        conditions: networks(
          { lstm: 0.018, plastic: 0.02, modulated: 0.02, retroactive: 0.025 },
          13 * SEGMENTS,
          {
            ...{ embedding: 200, layers: 2, neurons: 200, epochs: 13 },
            ...{ decayAfter: 5, decay: 0.4, weightDecay: 1e-6 },
          },
        ),
      },
    },
  },
};

/** Those of the second paper, and one of ours after it. */
export const backpropamine: readonly Figure[] = [cueReward, maze, mazeSmall, words];
