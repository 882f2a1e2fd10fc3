import { better, type Condition, type Figure, networks } from "./figure.js";

const DP = "Miconi, Clune, Stanley 2018 (arXiv 1804.02464)";

const patterns: Figure = {
  name: "patterns",
  title: "Binary patterns of 1000 bits, restored from half of them",
  source: `${DP}, 4.1`,
  says:
    "A plastic network learns the task within some hundred episodes. The released program, measured: 24.5 % wrong bits at " +
    "episode 10, 4.1 % at 130, under 1 % from 180 on.",
  claims: [
    {
      kind: "reaches",
      words: "plastic is under 1 % wrong bits after 400 episodes",
      condition: "plastic",
      level: 0.01,
    },
    better("plastic", "rnn"),
    better("plastic", "lstm"),
  ],
  run: {
    experiment: "patterns",
    scales: {
      small: {
        seeds: 10,
        setting:
          "As published, for 400 episodes. LSTMs have as many parameters as the plastic network, whose published rate is 3e-4.",
        rates: [1e-4, 3e-4, 1e-3, 3e-3],
        conditions: networks(
          { plastic: 0.26, homogeneous: 0.12, rnn: 0.075, lstm: 0.95, "plastic-lstm": 1.4 },
          400,
        ),
      },
      paper: {
        seeds: 10,
        setting: "As published, for 2,000 episodes.",
        conditions: networks(
          { plastic: 0.26, homogeneous: 0.12, rnn: 0.075, lstm: 0.95, "plastic-lstm": 1.4 },
          2000,
        ),
      },
    },
  },
};

const comparisonConditions = (
  episodes: number,
  hidden: number,
  options: Condition["options"] = {},
): Condition[] => [
  { label: "plastic", options: {}, episodes: 20_000, secondsAnEpisode: 0.0003 },
  { label: "homogeneous", options: { network: "homogeneous" }, episodes: 20_000, secondsAnEpisode: 0.0003 },
  {
    label: "rnn",
    options: { ...options, network: "rnn", hidden },
    episodes,
    secondsAnEpisode: hidden > 500 ? 0.06 : 0.0003,
  },
  {
    label: "lstm",
    options: { ...options, network: "lstm", hidden },
    episodes,
    secondsAnEpisode: hidden > 500 ? 0.25 : 0.0011,
  },
];

const patternsSmall: Figure = {
  name: "patterns-small",
  title: "Binary patterns of 50 bits: plastic network, plain RNN and LSTM",
  source: `${DP}, 4.1: the comparison`,
  says:
    "The plastic network needs some 2,000 episodes and the best LSTM, with 2,000 cells, some 500,000: 250 times as many; the " +
    "plain RNN, with 2,051 neurons, hardly learns. The released program, measured: plastic under 1 % after 14,100 episodes.",
  claims: [
    {
      kind: "reaches",
      words: "plastic is under 1 % wrong bits after 20,000 episodes",
      condition: "plastic",
      level: 0.01,
    },
    better("plastic", "lstm"),
    better("plastic", "rnn"),
  ],
  run: {
    experiment: "patterns-small",
    scales: {
      small: {
        seeds: 10,
        setting:
          "RNN and LSTM have 100 neurons more than inputs, not 2,000; all have 20,000 episodes. The published rate of the plastic " +
          "network is 3e-4.",
        rates: [1e-4, 3e-4, 1e-3, 3e-3],
        conditions: comparisonConditions(20_000, 100),
      },
      paper: {
        seeds: 10,
        setting: "RNN and LSTM of 2,000 neurons, learning rate 3e-5, 500,000 episodes.",
        conditions: comparisonConditions(500_000, 2000, { lr: 3e-5 }),
      },
    },
  },
};

const images: Figure = {
  name: "images",
  title: "Natural pictures, restored from a half",
  source: `${DP}, 4.2`,
  says:
    "Pictures are acceptable after some 3,000 episodes and good after 100,000; one alpha for all connections is worse; networks " +
    "without plasticity, the LSTM too, fail.",
  claims: [better("plastic", "homogeneous"), better("plastic", "rnn"), better("plastic", "lstm")],
  run: {
    experiment: "images",
    data: "cifar",
    scales: {
      small: {
        seeds: 3,
        setting: "3,000 episodes. The published rate is 1e-4.",
        rates: [1e-4, 3e-4, 1e-3],
        gridEpisodes: 1000,
        conditions: networks({ plastic: 0.6, homogeneous: 0.29, rnn: 0.11, lstm: 0.62 }, 3000),
      },
      paper: {
        seeds: 3,
        setting: "100,000 episodes, as published.",
        conditions: networks({ plastic: 0.6, homogeneous: 0.29, rnn: 0.11, lstm: 0.62 }, 100_000),
      },
    },
  },
};

/** The network without plasticity answers by chance, as labels leave no trace in it: few episodes show that. */
const omniglotConditions = (
  episodes: number,
  secondsAnEpisode: number,
  options: Condition["options"],
): Condition[] => [
  { label: "plastic", options, episodes, secondsAnEpisode },
  { label: "homogeneous", options: { ...options, network: "homogeneous" }, episodes, secondsAnEpisode },
  { label: "decaying Hebb", options: { ...options, rule: "decayingHebb" }, episodes, secondsAnEpisode },
  {
    label: "nonplastic",
    options: { ...options, network: "nonplastic" },
    episodes: Math.min(episodes, 4000),
    secondsAnEpisode,
  },
];

const omniglot: Figure = {
  name: "omniglot",
  title: "One-shot learning of characters, five ways",
  source: `${DP}, 4.3, table 1`,
  says:
    "98.3 % +- 0.8 (10 runs), tested on classes that its program has mostly trained on. On classes never seen the same network " +
    "is harder put.",
  claims: [
    {
      kind: "reaches",
      words: "plastic is at 98.3 % or above, here on alphabets never seen",
      condition: "plastic",
      level: 0.983,
    },
    better("plastic", "nonplastic"),
    better("plastic", "homogeneous"),
  ],
  run: {
    experiment: "omniglot",
    data: "omniglot",
    scales: {
      small: {
        seeds: 3,
        setting:
          "Batches of 8 episodes with 5 questions each, 60,000 episodes (nonplastic, which answers by chance: 4,000); normalised " +
          "convolutions, training drawings warped by up to 0.2; alphabets of training and test are others.",
        rates: [3e-4, 1e-3, 3e-3],
        conditions: omniglotConditions(60_000, 0.0061, {
          decayEvery: 8000,
          normalise: "layer",
          warp: 0.2,
        }),
      },
      paper: {
        seeds: 10,
        setting: "One episode a step, 5,000,000 of them, with the published hyper-parameters.",
        conditions: omniglotConditions(5_000_000, 0.004, {
          ...{ batch: 1, queries: 1, placing: "drawn", lr: 3e-5, decay: 0.666, decayEvery: 1_000_000 },
          ...{ weightDecay: 0, alpha: 0.01, eta: 0.01 },
        }),
      },
    },
  },
};

const mazeFirst: Figure = {
  name: "maze-dp",
  title: "Maze exploration: plastic, homogeneous, without plasticity",
  source: `${DP}, 4.5`,
  says: "The plastic network gets more reward than one with a single alpha, and that more than one without plasticity.",
  claims: [better("plastic", "homogeneous"), better("homogeneous", "rnn"), better("plastic", "lstm")],
  run: {
    experiment: "maze-dp",
    scales: {
      small: {
        seeds: 10,
        setting: "90,000 episodes, 100 neurons.",
        rates: [3e-4, 1e-3, 3e-3],
        conditions: networks({ plastic: 0.0048, homogeneous: 0.0096, rnn: 0.0014, lstm: 0.0016 }, 90_000, {
          eps: 1e-8,
          neurons: 100,
          clipNorm: 4,
        }),
      },
      paper: {
        seeds: 15,
        setting: "1,000,000 episodes, in batches of 30.",
        conditions: networks({ plastic: 0.025, homogeneous: 0.02, rnn: 0.008, lstm: 0.004 }, 1_000_000),
      },
    },
  },
};

/** Those of the first paper. */
export const differentiablePlasticity: readonly Figure[] = [
  patterns,
  patternsSmall,
  images,
  omniglot,
  mazeFirst,
];
