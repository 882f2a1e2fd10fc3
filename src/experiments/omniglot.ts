import { boundedOja, decayingHebb, nonplastic, oja, withRates } from "../rules/index.js";
import type { Rule } from "../rules/rule.js";
import * as z from "../schema/index.js";
import {
  type CharacterSet,
  centred,
  checkOneShot,
  isCharacterSet,
  MOST_WARP,
  omniglotTask,
  oneShotEpisode,
  random,
} from "../tasks/index.js";
import type { Experiment, Metric } from "../training/index.js";
import { namesOf } from "./networks.js";
import { normalisations, OneShot } from "./oneShot.js";
import { type OneShotProtocol, oneShotProtocols } from "./oneShotProtocols.js";
import { ruleOf, ruleOption } from "./options.js";

const rules = { oja, boundedOja, decayingHebb };

/** What becomes of the rule in each of the networks that are compared. */
const networks = {
  /** Every connection of the readout has its own alpha. */
  plastic: (rule: Rule) => rule,
  /** One alpha for all of them. */
  homogeneous: (rule: Rule) => withRates(rule, { alpha: "layer" }),
  /** No plasticity: labels leave no trace. */
  nonplastic: () => nonplastic,
};

/** Where a drawing lies in its picture. */
const placings = {
  /** As it was drawn, wherever that was. */
  drawn: (set: CharacterSet) => set,
  /** With its centre of mass in the middle. */
  centred,
};

interface Defaults {
  readonly placing: keyof typeof placings;
  readonly batch: number;
  readonly queries: number;
  readonly lr: number;
  readonly decayEvery: number;
  readonly decay: number;
  readonly weightDecay: number;
  readonly alpha: number;
  readonly eta: number;
}

const schemaOf = (usual: Defaults) =>
  z.object({
    network: z.enum(namesOf(networks)).default("plastic").describe("how the readout learns classes"),
    rule: ruleOption(rules, "oja", "the readout's rule, where it is plastic"),
    ways: z.int().min(2).max(64).default(omniglotTask.ways).describe("classes to tell apart in an episode"),
    shots: z.int().min(1).max(19).default(omniglotTask.shots).describe("labelled drawings of each class"),
    queries: z
      .int()
      .min(1)
      .max(64)
      .default(usual.queries)
      .describe("unlabelled drawings of a training episode, each classified by itself"),
    placing: z
      .enum(namesOf(placings))
      .default(usual.placing)
      .describe("where drawings lie in their pictures; centred: by their centre of mass"),
    protocol: z
      .enum(namesOf(oneShotProtocols))
      .default("disjoint")
      .describe(
        "what it is tested with; disjoint: characters never seen; published: as the paper's program, mostly trained ones",
      ),
    filters: z.int().min(1).max(512).default(64).describe("channels of each of the four convolutions"),
    normalise: z
      .enum(namesOf(normalisations))
      .default("none")
      .describe(
        "what becomes of a convolution's sums before tanh; layer: mean 0 and variance 1 over the picture",
      ),
    warp: z
      .number()
      .min(0)
      .max(MOST_WARP)
      .default(0)
      .describe("training drawings are turned, sheared and scaled at random by up to this share"),
    batch: z.int().min(1).max(1024).default(usual.batch).describe("episodes lived side by side"),
    alpha: z
      .number()
      .positive()
      .default(usual.alpha)
      .describe("initial alphas are uniform between 0 and this"),
    eta: z.number().positive().default(usual.eta).describe("initial rate of the trace"),
    lr: z.number().positive().default(usual.lr).describe("learning rate of Adam"),
    decayEvery: z
      .int()
      .min(1)
      .default(usual.decayEvery)
      .describe("episodes after which the learning rate falls, again and again"),
    decay: z.number().positive().max(1).default(usual.decay).describe("what it is multiplied by"),
    weightDecay: z
      .number()
      .min(0)
      .default(usual.weightDecay)
      .describe("a parameter also loses lr times this share of itself at every step"),
  });

const accuracy: Metric = {
  name: "accuracy",
  label: "share of right answers",
  better: "higher",
  show: "percent",
  over: "share",
};

type About = Pick<Experiment, "name" | "title" | "expected" | "episodes"> & {
  readonly departures: readonly string[];
};

const omniglotExperiment = (about: About, usual: Defaults): Experiment<ReturnType<typeof schemaOf>> => ({
  ...about,
  source: "Miconi, Clune, Stanley 2018 (arXiv 1804.02464), 4.3",
  schema: schemaOf(usual),
  metric: accuracy,
  testOptions: { queries: 1 },
  needsImages: "characters",
  testEpisodes: 10_000,
  build({ options, device, seed, images }) {
    if (!images || !isCharacterSet(images.train) || !isCharacterSet(images.test)) {
      throw new TypeError(`${about.name}: needs character sets; pass images: { train, test }`);
    }
    const placed = placings[options.placing];
    const data = { train: placed(images.train), test: placed(images.test) };
    const protocol: OneShotProtocol = oneShotProtocols[options.protocol];
    checkOneShot(data.train, options);
    checkOneShot(protocol.characters(data, seed, 0), { ...options, asked: protocol.asked });
    const { batch, lr, decayEvery, decay, weightDecay } = options;
    const rule = networks[options.network](ruleOf(rules, options.rule));
    const learner = new OneShot(
      device,
      { ...options, rule, size: data.train.size },
      random(seed, "weights", 0),
    );
    return {
      parameters: learner.parameters,
      adam: {
        lr,
        weightDecay,
        schedule: { every: Math.max(1, Math.round(decayEvery / batch)), factor: decay },
      },
      rules: learner.rules,
      network: learner.network,
      batch,
      prepare(split, episodeSeed, first) {
        const numbers = Array.from({ length: batch }, (_, b) => first + b);
        const rng = (number: number) => random(episodeSeed, split, number);
        if (split === "train") {
          const episodes = numbers.map((number) => oneShotEpisode(data.train, options, rng(number)));
          learner.prepare(episodes);
          return { measure: (output) => learner.measure(episodes, output) };
        }
        const sets = numbers.map((number) => protocol.characters(data, episodeSeed, number));
        const task = { ...options, warp: 0, asked: protocol.asked };
        const episodes = sets.map((set, b) => oneShotEpisode(set, task, rng(numbers[b]!)));
        learner.prepare(episodes);
        return {
          measure(output) {
            const neighbours = learner.neighbours(episodes);
            return learner.measure(episodes, output).map((right, b) => ({ ...right, ...neighbours[b] }));
          },
          answers: (output) => learner.answers(episodes, output),
          // An episode belongs to the alphabet of its last query.
          kinds: episodes.map(
            (episode, b) => sets[b]!.alphabets[episode.alphabets[episode.queries.at(-1)!.label]!]!.name,
          ),
        };
      },
      adapted: (stored) => learner.adapted(stored),
      live: (tape) => learner.live(tape),
      release: () => learner.release(),
    };
  },
});

const disjoint =
  "No alphabet is both trained and tested on (background set, evaluation set); the program tests on classes that its training runs have mostly seen.";

const resized =
  "Drawings are made smaller by averages over areas; the program leaves that to a library, which weighs pixels otherwise.";

/** One drawing of each of five characters, then a new drawing of one of them: which is it? In batches. */
export const omniglot = omniglotExperiment(
  {
    name: "omniglot",
    title: "One-shot learning: five characters of unknown alphabets from one drawing each",
    expected: "95 to 98 % with the paper's network, after an hour",
    episodes: 300_000,
    departures: [
      disjoint,
      resized,
      "Drawings are moved so that their centre of mass lies in the middle of the picture.",
      "Batches of episodes, several queries in each, larger initial alpha and eta and a larger learning rate.",
    ],
  },
  {
    placing: "centred",
    batch: 8,
    queries: 5,
    lr: 1e-3,
    decayEvery: 40_000,
    decay: 0.6,
    weightDecay: 0.01,
    alpha: 0.3,
    eta: 0.5,
  },
);

/** As published: an episode a step, a query an episode. */
export const omniglotPaper = omniglotExperiment(
  {
    name: "omniglot-paper",
    title: "One-shot learning, as published: one episode a step, five million episodes",
    expected: "98.3 % +- 0.8 (mean of 10 runs) after 5,000,000 episodes, on 100 characters held out",
    episodes: 5_000_000,
    departures: [disjoint, resized],
  },
  {
    placing: "drawn",
    batch: 1,
    queries: 1,
    lr: 3e-5,
    decayEvery: 1_000_000,
    decay: 0.666,
    weightDecay: 0,
    alpha: 0.01,
    eta: 0.01,
  },
);
