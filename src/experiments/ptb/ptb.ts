import * as z from "../../schema/index.js";
import { buildVocabulary, LARGEST_VOCABULARY, type TextUnit, textPieces } from "../../tasks/index.js";
import type { Experiment, ExperimentData, TextData } from "../../training/index.js";
import { namesOf } from "../networks.js";
import { choiceOption, integerOption, numberOption } from "../options.js";
import { textNetworks } from "./cells.js";
import { TextTraining, type TokenTexts, trainingStreams } from "./training.js";

const schema = z.object({
  network: choiceOption(
    "modulated",
    "lstm: no plasticity; plastic: its candidate's connections learn while it reads; modulated, retroactive: as much as each layer says",
    namesOf(textNetworks),
  ),
  by: choiceOption("word", "what the text is read by", ["word", "character"] as const),
  vocabulary: integerOption(
    10_000,
    "the most frequent words (or characters) that have a number of their own",
    {
      min: 2,
      max: LARGEST_VOCABULARY,
    },
  ),
  embedding: integerOption(100, "numbers that a word is known by", { min: 1, max: 2048 }),
  layers: integerOption(1, "LSTMs one above the other", { min: 1, max: 16 }),
  neurons: integerOption(100, "neurons of each, in a plastic network that is plastic from its output", {
    min: 1,
    max: 2048,
  }),
  readout: choiceOption("own", "weights that words are told by: their own, or those that they are read by", [
    "own",
    "tied",
  ] as const),
  plasticFrom: choiceOption(
    "hidden",
    "which connections of a plastic network learn: those from its output, from its input, or both",
    ["hidden", "input", "both"] as const,
  ),
  pre: choiceOption("present", "which step's pre they pair with a step's post", [
    "present",
    "previous",
  ] as const),
  trace: choiceOption(
    "clipped",
    "what keeps traces small: bounds at 1 alone, as published, or that they fade too, at a learned rate that begins as eta",
    ["clipped", "fading"] as const,
  ),
  alpha: numberOption(0.01, "standard deviation of the first alphas", { min: 0, max: 1 }),
  eta: numberOption(0.1, "first rate of the traces", { min: 0, max: 1 }),
  equal: choiceOption("parameters", "what all networks have as many of as the plastic one", [
    "parameters",
    "neurons",
  ] as const),
  batch: integerOption(20, "streams of the text that are read side by side", { min: 1, max: 1024 }),
  steps: integerOption(20, "words of each that gradients go back through", { min: 1, max: 1024 }),
  epochs: integerOption(6, "times that the text is read", { min: 1, max: 1000 }),
  lr: z
    .number()
    .positive()
    .default(1)
    .describe("learning rate of gradient descent, for a loss summed over steps"),
  anneal: choiceOption(
    "epoch",
    "when it falls: with every epoch, or where the validation text's perplexity does not",
    ["epoch", "validation"] as const,
  ),
  decay: numberOption(0.5, "what it is multiplied by then", { min: 0.001, max: 1 }),
  decayAfter: integerOption(3, "epochs at the full rate, where it falls with every epoch", {
    min: 1,
    max: 1000,
  }),
  clipNorm: z.number().positive().default(5).describe("largest norm of the gradient"),
  weightDecay: numberOption(0, "L2: this share of each parameter is added to its gradient", {
    min: 0,
    max: 1,
  }),
  dropout: numberOption(0, "share of each layer's outputs that is left out while training", {
    min: 0,
    max: 0.95,
  }),
  dropoutInput: numberOption(0, "share of the words' numbers that is left out while training", {
    min: 0,
    max: 0.95,
  }),
  initRange: numberOption(0.1, "weights and biases start evenly drawn from minus to plus this", {
    min: 0.0001,
    max: 1,
  }),
});

/** The published sizes: what differs from the defaults, which are small enough for minutes on a processor. */
const presets = {
  small: {},
  /** 4.8 million parameters: Miconi et al. 2019, 4.3, from their grid of rates, decays and ranges. */
  basic: {
    embedding: 200,
    layers: 2,
    neurons: 200,
    epochs: 13,
    decayAfter: 5,
    decay: 0.4,
    weightDecay: 1e-6,
  },
  /** 24.2 million: the layers of Merity et al. 2017, without what regularises them there. */
  large: {
    ...{ embedding: 400, layers: 3, neurons: 1150, readout: "tied", steps: 70, epochs: 40 },
    ...{ anneal: "validation", decay: 0.25, dropout: 0.4, dropoutInput: 0.4, weightDecay: 1.2e-6 },
  },
} as const;

/** Texts by number; the training text says which words have one. Read once, however often it is asked for. */
const known = new WeakMap<TextData, Map<string, TokenTexts>>();
function tokensOf(
  data: TextData,
  { by, vocabulary: limit }: { by: TextUnit; vocabulary: number },
): TokenTexts {
  const ofText = known.get(data) ?? new Map<string, TokenTexts>();
  known.set(data, ofText);
  const key = `${by} ${limit}`;
  const read = ofText.get(key) ?? tokens(data, by, limit);
  ofText.set(key, read);
  return read;
}

function tokens({ name, text }: TextData, by: TextUnit, limit: number): TokenTexts {
  const pieces = textPieces(text.train, by, `${name}, training text`);
  const vocabulary = buildVocabulary(pieces, { limit });
  const read = (part: "valid" | "test", words: string) =>
    vocabulary.encode(textPieces(text[part], by, `${name}, ${words} text`));
  return {
    name,
    vocabulary: vocabulary.size,
    train: vocabulary.encode(pieces),
    valid: read("valid", "validation"),
    test: read("test", "test"),
  };
}

function textOf(data: ExperimentData | null): TextData {
  if (data && "text" in data) return data;
  throw new TypeError("ptb: needs a text; pass images: { name, text: { train, valid, test } }");
}

/** Language modelling: which word comes next? */
export const ptb: Experiment<typeof schema> = {
  name: "ptb",
  title: "Language modelling: which word comes next?",
  source: "Miconi, Rawal, Clune, Stanley 2019 (arXiv 2002.10585), 4.3",
  expected:
    "published test perplexity with preset basic: lstm 104.26, plastic 103.80, modulated 102.65, retroactive 102.48",
  departures: [
    "The published program of the basic model is not released: sizes, rates and ranges follow the text and its grid.",
    "Alphas start normal and the rates of traces at one number; all other weights and biases evenly drawn, as published.",
    "L2 is added to the gradient after clipping.",
    "Preset large has the layers of the published large model, not its activity regularisation, nor averaged descent.",
  ],
  schema,
  presets,
  metric: { name: "perplexity", label: "perplexity", better: "lower", show: "number" },
  others: [
    {
      name: "perplexity.freshTraces",
      label: "traces begun afresh with every segment",
      better: "lower",
      show: "number",
    },
    {
      name: "perplexity.freshState",
      label: "state and traces begun afresh",
      better: "lower",
      show: "number",
    },
    { name: "perplexity.valid", label: "of the validation text", better: "lower", show: "number" },
  ],
  needsImages: "text",
  episodes: 278_760,
  // All of a test text, however long.
  testEpisodes: 1_000_000,
  episodesOf: (options, data) => {
    const { segments, batch } = trainingStreams(tokensOf(textOf(data), options), options);
    return options.epochs * segments * batch;
  },
  build: ({ options, device, seed, text }) =>
    new TextTraining(device, tokensOf(textOf(text ?? null), options), options, seed),
};
