import {
  AssociativeRetrieval,
  CopyDelay,
  copyTask,
  Familiarity,
  familiarityTask,
  fourPairs,
  publishedSets,
} from "../tasks/index.js";
import type { Metric } from "../training/index.js";
import { choiceOption, integerOption } from "./options.js";
import { probeExperiment } from "./probe.js";

const wrongAnswers = (chance: number): Metric => ({
  name: "error",
  label: "share of wrong answers",
  better: "lower",
  show: "percent",
  chance,
});

const ownNetworks = "Networks and hyper-parameters are ours: those of the other experiments of this list.";

/** Which digit came after this letter? */
export const associativeRetrieval = probeExperiment({
  name: "associative-retrieval",
  title: "Associative retrieval: which digit came after this letter?",
  source: "Ba, Hinton, Mnih, Leibo, Ionescu 2016 (arXiv 1610.06258), 4.1",
  expected: "after 60,000 episodes: plastic 0 %, rnn and lstm of as many parameters about 65 %",
  departures: [
    ownNetworks,
    "The answer is wanted one step after the question: plastic connections read with the state of the step before.",
  ],
  options: {
    pairs: integerOption(fourPairs.pairs, "letters with a digit each, in an episode", { min: 1, max: 26 }),
    pause: integerOption(fourPairs.pause, "steps without input from the question to the answer", {
      min: 0,
      max: 100,
    }),
  },
  metric: wrongAnswers(0.9),
  episodes: 100_000,
  testEpisodes: 1000,
  probe: (options) => new AssociativeRetrieval(options),
});

/** The same as it was published: no pause, fixed sets of sequences, networks of as many neurons. */
export const associativeRetrievalBa = probeExperiment({
  name: "associative-retrieval-ba",
  title: "Associative retrieval as published: fixed sets, networks of as many neurons",
  source: "Ba, Hinton, Mnih, Leibo, Ionescu 2016 (arXiv 1610.06258), 4.1",
  expected:
    "published error with 20, 50, 100 neurons: irnn 62.1, 60.2, 0.3 %; lstm 60.8, 1.9, 0 %; fast-weights 1.8, 0, 0 %",
  departures: [
    "Letters and digits go straight into the network and its output straight into the answer, with no layers in between.",
    "Sequences are drawn from their sets with replacement, not in rounds.",
  ],
  usual: { network: "fast-weights", neurons: 20, equal: "neurons", batch: 128, lr: 1e-3 },
  options: {
    pairs: integerOption(fourPairs.pairs, "letters with a digit each, in an episode", { min: 1, max: 26 }),
    tested: choiceOption("test", "which set tests draw from", ["validation", "test"] as const),
  },
  metric: wrongAnswers(0.9),
  episodes: 1_000_000,
  testEpisodes: 20_000,
  probe: ({ pairs, tested }) =>
    new AssociativeRetrieval({ pairs, pause: 0, sets: { ...publishedSets, tested } }),
});

/** Say again what you were told. */
export const copyDelay = probeExperiment({
  name: "copy-delay",
  title: "Copy with delay: say a sequence again, after a while",
  source: "Hochreiter, Schmidhuber 1997; as in Arjovsky, Shah, Bengio 2016 (arXiv 1511.06464), 5.1",
  expected: "after 30,000 episodes: plastic about 35 %, lstm 57 %, rnn 87 % (nothing)",
  departures: [ownNetworks, "A delay of 10 steps, not of 100 and more; only answers asked for are judged."],
  options: {
    length: integerOption(copyTask.length, "symbols to remember", { min: 1, max: 200 }),
    delay: integerOption(copyTask.delay, "blank steps before they are asked for", { min: 0, max: 1000 }),
  },
  metric: wrongAnswers(1 - 1 / copyTask.symbols),
  episodes: 100_000,
  testEpisodes: 1000,
  probe: (options) => new CopyDelay({ ...copyTask, ...options }),
});

/** Have you seen this before? */
export const familiarity = probeExperiment({
  name: "familiarity",
  title: "Continual familiarity: has this stimulus been seen before?",
  source: "Tyulmankov, Yang, Abbott 2022 (Neuron 110)",
  expected: "after 12,000 episodes: plastic about 3 %, lstm 9 %",
  departures: [ownNetworks, "25 bits and 50 stimuli, not 100 and 500, so that it trains in minutes."],
  usual: { lr: 5e-3 },
  options: {
    bits: integerOption(familiarityTask.bits, "bits of a stimulus", { min: 1, max: 1000 }),
    steps: integerOption(familiarityTask.steps, "stimuli of an episode", { min: 2, max: 2000 }),
    interval: integerOption(familiarityTask.interval, "steps from a stimulus to its repetition", {
      min: 1,
      max: 1000,
    }),
  },
  // A third of the stimuli are repetitions: f = (1 - f) / 2. Whoever remembers nothing takes all for new.
  metric: wrongAnswers(1 / 3),
  others: [
    { name: "hits", label: "repetitions that were noticed", better: "higher", show: "percent" },
    { name: "falseAlarms", label: "new stimuli taken for repetitions", better: "lower", show: "percent" },
  ],
  episodes: 20_000,
  testEpisodes: 500,
  probe: (options) => new Familiarity({ ...familiarityTask, ...options }),
});
