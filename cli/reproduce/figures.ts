/** A kind of network that is compared, and what it is trained with. */
export interface Condition {
  readonly label: string;
  /** Options that are other than the experiment's defaults. */
  readonly options: Readonly<Record<string, string | number>>;
  readonly episodes: number;
  /** Processor seconds of an episode of training on one thread, as once measured: until a run here says better. */
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
}

/** A figure or table of a paper. */
export interface Figure {
  readonly name: string;
  readonly title: string;
  readonly source: string;
  /** What the paper, or its program where we ran that, reports. */
  readonly says: string;
  readonly claims: readonly Claim[];
  /** Null: it cannot be run with what there is, for a reason. */
  readonly run: {
    readonly experiment: string;
    /** Where its pictures come from; the usual unless given. */
    readonly data?: string;
    readonly scales: Readonly<Record<ScaleName, Scale>>;
  } | null;
  /** Why it cannot be run. */
  readonly missing?: string;
}

export type ScaleName = "small" | "paper";

const DP = "Miconi, Clune, Stanley 2018 (arXiv 1804.02464)";
const BP = "Miconi, Rawal, Clune, Stanley 2019 (arXiv 2002.10585)";

const better = (first: string, second: string): Claim => ({
  kind: "better",
  words: `${first} is better than ${second}`,
  than: [first, second],
});

/** Conditions that differ in the network, each with a cost of its own. */
const networks = (
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
          "As published, for 400 episodes; LSTMs have as many parameters as the plastic network, and its learning rate: no better one " +
          "was looked for.",
        conditions: networks(
          { plastic: 0.14, homogeneous: 0.09, rnn: 0.05, lstm: 0.14, "plastic-lstm": 0.25 },
          400,
        ),
      },
      paper: {
        seeds: 10,
        setting: "As published, for 2,000 episodes.",
        conditions: networks(
          { plastic: 0.14, homogeneous: 0.09, rnn: 0.05, lstm: 0.14, "plastic-lstm": 0.25 },
          2000,
        ),
      },
    },
  },
};

const comparisonConditions = (
  episodes: number,
  hidden: number,
  rates: { rnn: number; lstm: number },
): Condition[] => [
  { label: "plastic", options: {}, episodes: 20_000, secondsAnEpisode: 0.0002 },
  { label: "homogeneous", options: { network: "homogeneous" }, episodes: 20_000, secondsAnEpisode: 0.0002 },
  {
    label: "rnn",
    options: { network: "rnn", hidden, lr: rates.rnn },
    episodes,
    secondsAnEpisode: hidden > 500 ? 0.06 : 0.0003,
  },
  {
    label: "lstm",
    options: { network: "lstm", hidden, lr: rates.lstm },
    episodes,
    secondsAnEpisode: hidden > 500 ? 0.25 : 0.0008,
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
          "RNN and LSTM have 100 neurons more than inputs, not 2,000, and learn at 3e-4 and 1e-3; all have 20,000 episodes.",
        conditions: comparisonConditions(20_000, 100, { rnn: 3e-4, lstm: 1e-3 }),
      },
      paper: {
        seeds: 10,
        setting: "RNN and LSTM of 2,000 neurons, learning rate 3e-5, 500,000 episodes.",
        conditions: comparisonConditions(500_000, 2000, { rnn: 3e-5, lstm: 3e-5 }),
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
        setting: "3,000 episodes.",
        conditions: networks({ plastic: 0.7, homogeneous: 0.4, rnn: 0.19, lstm: 0.45 }, 3000),
      },
      paper: {
        seeds: 3,
        setting: "100,000 episodes, as published.",
        conditions: networks({ plastic: 0.7, homogeneous: 0.4, rnn: 0.19, lstm: 0.45 }, 100_000),
      },
    },
  },
};

const omniglotConditions = (episodes: number, decayEvery: number, secondsAnEpisode: number): Condition[] => [
  { label: "plastic", options: { decayEvery }, episodes, secondsAnEpisode },
  { label: "homogeneous", options: { decayEvery, network: "homogeneous" }, episodes, secondsAnEpisode },
  { label: "decaying Hebb", options: { decayEvery, rule: "decayingHebb" }, episodes, secondsAnEpisode },
  {
    label: "nonplastic",
    options: { decayEvery, network: "nonplastic" },
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
          "Batches of 8 episodes with 5 questions each, 300,000 episodes; alphabets of training and test are others.",
        conditions: omniglotConditions(300_000, 40_000, 0.0082),
      },
      paper: {
        seeds: 10,
        setting: "One episode a step, 5,000,000 of them, with the published hyper-parameters.",
        conditions: omniglotConditions(5_000_000, 1_000_000, 0.004).map((each) => ({
          ...each,
          options: {
            ...each.options,
            ...{ batch: 1, queries: 1, placing: "drawn", lr: 3e-5, decay: 0.666 },
            ...{ weightDecay: 0, alpha: 0.01, eta: 0.01 },
          },
        })),
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
        setting: "90,000 episodes at a learning rate of 1e-3, 100 neurons.",
        conditions: networks({ plastic: 0.008, homogeneous: 0.007, rnn: 0.003, lstm: 0.0012 }, 90_000, {
          lr: 1e-3,
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

const agents = {
  modulated: 0.0068,
  retroactive: 0.009,
  plastic: 0.0065,
  homogeneous: 0.006,
  rnn: 0.0025,
  lstm: 0.001,
  "plastic-lstm": 0.003,
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
        setting: "90,000 episodes at a learning rate of 1e-3; the LSTMs, which the paper has not, are ours.",
        conditions: networks(agents, 90_000, { lr: 1e-3, eps: 1e-8 }),
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
      small: { seeds: 10, setting: "90,000 episodes.", conditions: networks(agents, 90_000) },
      paper: { seeds: 10, setting: "900,000 episodes.", conditions: networks(agents, 900_000) },
    },
  },
};

const cueCosts = { modulated: 0.0038, retroactive: 0.005, plastic: 0.0036, rnn: 0.0015, lstm: 0.0008 };

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
        setting: "100 neurons, 120 steps, learning rate 3e-4, gradients clipped at 0.3, 240,000 episodes.",
        conditions: networks(cueCosts, 240_000, {
          neurons: 100,
          steps: 120,
          lr: 3e-4,
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

const words: Figure = {
  name: "penn-treebank",
  title: "Perplexity of LSTMs with neuromodulated plasticity on the Penn Treebank",
  source: `${BP}, 4.3, table 1`,
  says:
    "4.8 million parameters, mean +- 95 % of 16 runs: LSTM 104.26 +- 0.22, with plasticity 103.80 +- 0.25, with simple modulation " +
    "102.65 +- 0.30, retroactive 102.48 +- 0.28. 24.2 million: LSTM 62.48, modulated 61.44.",
  claims: [],
  run: null,
  missing: "there is no experiment with words among ours",
};

/** Every figure and table of both papers that reports a result, by name. */
export const figures: Readonly<Record<string, Figure>> = Object.fromEntries(
  [patterns, patternsSmall, images, omniglot, mazeFirst, cueReward, maze, mazeSmall, words].map((figure) => [
    figure.name,
    figure,
  ]),
);
