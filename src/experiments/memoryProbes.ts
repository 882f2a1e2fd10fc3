import * as z from "../schema/index.js";
import {
  AssociativeRetrieval,
  CopyDelay,
  copyTask,
  Familiarity,
  familiarityTask,
  fourPairs,
} from "../tasks/index.js";
import type { Experiment, Metric } from "../training/index.js";
import { buildProbe, probeSchema } from "./probe.js";

const wrongAnswers = (chance: number): Metric => ({
  name: "error",
  label: "share of wrong answers",
  better: "lower",
  show: "percent",
  chance,
});

const ownNetworks = "Networks and hyper-parameters are ours: those of the other experiments of this list.";

const retrievalSchema = z.object({
  ...probeSchema({ neurons: 50, rule: "decayingHebb", lr: 3e-3 }),
  pairs: z.int().min(1).max(26).default(fourPairs.pairs).describe("letters with a digit each, in an episode"),
  pause: z
    .int()
    .min(0)
    .max(100)
    .default(fourPairs.pause)
    .describe("steps without input from the question to the answer"),
});

/** Which digit came after this letter? */
export const associativeRetrieval: Experiment<typeof retrievalSchema> = {
  name: "associative-retrieval",
  title: "Associative retrieval: which digit came after this letter?",
  source: "Ba, Hinton, Mnih, Leibo, Ionescu 2016 (arXiv 1610.06258), 4.1",
  expected: "after 60,000 episodes: plastic 0 %, rnn and lstm of as many parameters about 65 %",
  departures: [
    ownNetworks,
    "The answer is wanted one step after the question: plastic connections read with the state of the step before.",
  ],
  schema: retrievalSchema,
  metric: wrongAnswers(0.9),
  needsImages: false,
  episodes: 100_000,
  testEpisodes: 1000,
  build: ({ options, ...context }) => buildProbe(options, new AssociativeRetrieval(options), context),
};

const copySchema = z.object({
  ...probeSchema({ neurons: 50, rule: "decayingHebb", lr: 3e-3 }),
  length: z.int().min(1).max(200).default(copyTask.length).describe("symbols to remember"),
  delay: z.int().min(0).max(1000).default(copyTask.delay).describe("blank steps before they are asked for"),
});

/** Say again what you were told. */
export const copyDelay: Experiment<typeof copySchema> = {
  name: "copy-delay",
  title: "Copy with delay: say a sequence again, after a while",
  source: "Hochreiter, Schmidhuber 1997; as in Arjovsky, Shah, Bengio 2016 (arXiv 1511.06464), 5.1",
  expected: "after 30,000 episodes: plastic about 35 %, lstm 57 %, rnn 87 % (nothing)",
  departures: [ownNetworks, "A delay of 10 steps, not of 100 and more; only answers asked for are judged."],
  schema: copySchema,
  metric: wrongAnswers(1 - 1 / copyTask.symbols),
  needsImages: false,
  episodes: 100_000,
  testEpisodes: 1000,
  build: ({ options, ...context }) =>
    buildProbe(options, new CopyDelay({ ...copyTask, ...options }), context),
};

const familiaritySchema = z.object({
  ...probeSchema({ neurons: 50, rule: "decayingHebb", lr: 5e-3 }),
  bits: z.int().min(1).max(1000).default(familiarityTask.bits).describe("bits of a stimulus"),
  steps: z.int().min(2).max(2000).default(familiarityTask.steps).describe("stimuli of an episode"),
  interval: z
    .int()
    .min(1)
    .max(1000)
    .default(familiarityTask.interval)
    .describe("steps from a stimulus to its repetition"),
});

/** Have you seen this before? */
export const familiarity: Experiment<typeof familiaritySchema> = {
  name: "familiarity",
  title: "Continual familiarity: has this stimulus been seen before?",
  source: "Tyulmankov, Yang, Abbott 2022 (Neuron 110)",
  expected: "after 12,000 episodes: plastic about 3 %, lstm 9 %",
  departures: [ownNetworks, "25 bits and 50 stimuli, not 100 and 500, so that it trains in minutes."],
  schema: familiaritySchema,
  // A third of the stimuli are repetitions: f = (1 - f) / 2. Whoever remembers nothing takes all for new.
  metric: wrongAnswers(1 / 3),
  others: [
    { name: "hits", label: "repetitions that were noticed", better: "higher", show: "percent" },
    { name: "falseAlarms", label: "new stimuli taken for repetitions", better: "lower", show: "percent" },
  ],
  needsImages: false,
  episodes: 20_000,
  testEpisodes: 500,
  build: ({ options, ...context }) =>
    buildProbe(options, new Familiarity({ ...familiarityTask, ...options }), context),
};
