import {
  arithmeticTask,
  ModularArithmetic,
  MultiQueryRecall,
  Parity,
  parityTask,
  zoologyRecall,
} from "../tasks/index.js";
import { integerOption } from "./options.js";
import { tokenExperiment } from "./tokens.js";

const ownTraining = "Batch, learning rate and length of training are ours: they fit a processor and minutes.";

/** Which value came with this key? */
export const mqar = tokenExperiment({
  name: "mqar",
  title: "Multi-query associative recall: which value came with this key?",
  source: "Arora, Eyuboglu, Timalsina et al. 2023, Zoology (arXiv 2312.04927), 4.1",
  expected: "see docs/fast-weights.md",
  departures: [
    ownTraining,
    "Fresh episodes throughout, not 64 times the same 100,000; the readout has weights of its own, not the embedding's.",
  ],
  options: {
    pairs: integerOption(zoologyRecall.pairs, "keys with a value each", { min: 1, max: 4096 }),
    length: integerOption(zoologyRecall.length, "tokens in an episode, at least 4 a pair", {
      min: 4,
      max: 8192,
    }),
    vocabulary: integerOption(zoologyRecall.vocabulary, "different tokens, half of them keys", {
      min: 4,
      max: 65_536,
    }),
  },
  episodes: 200_000,
  testEpisodes: 1000,
  task: ({ pairs, length, vocabulary }) =>
    new MultiQueryRecall({ ...zoologyRecall, pairs, length, vocabulary }),
});

/** Have there been an odd number of ones? */
export const parity = tokenExperiment({
  name: "parity",
  title: "Parity: have there been an odd number of ones so far?",
  source: "Grazzi, Siems, Franke et al. 2024 (arXiv 2411.12537), 5.1",
  expected: "delta rules with betaMax 2 learn it, rules that only forget do not",
  departures: [ownTraining, "Asked at every step; tested at the length of training."],
  usual: { layers: 1, betaMax: 2, width: 32 },
  options: { length: integerOption(parityTask.length, "bits in an episode", { min: 1, max: 4096 }) },
  chance: 0.5,
  episodes: 100_000,
  testEpisodes: 1000,
  task: ({ length }) => new Parity({ length }),
});

/** What is 2 + 3 * 4 - 1, modulo 5? */
export const modularArithmetic = tokenExperiment({
  name: "modular-arithmetic",
  title: "Modular arithmetic: what do these numbers and operators amount to?",
  source: "Delétang, Ruoss, Grau-Moya et al. 2022 (arXiv 2207.02098), modular arithmetic (simple)",
  expected: "what a state can track decides; see docs/fast-weights.md",
  departures: [ownTraining, "Asked at every number; tested at the length of training."],
  usual: { betaMax: 2 },
  options: {
    numbers: integerOption(arithmeticTask.numbers, "numbers in an episode, an operator between each two", {
      min: 1,
      max: 2048,
    }),
    modulus: integerOption(arithmeticTask.modulus, "what is counted modulo", { min: 2, max: 1000 }),
  },
  episodes: 100_000,
  testEpisodes: 1000,
  task: ({ numbers, modulus }) => new ModularArithmetic({ numbers, modulus }),
});
