import { clampedInput, rulesOf } from "../layers/index.js";
import * as z from "../schema/index.js";
import {
  checkImages,
  halfMetrics,
  imagesEpisode,
  imagesNeurons,
  imagesSteps,
  meanImage,
  naturalImages,
  random,
} from "../tasks/index.js";
import type { Experiment } from "../training/index.js";
import { Completion } from "./completion.js";
import { matchedNeurons, namesOf, networks, networkWords, rules } from "./networks.js";
import { ruleOf, ruleOption } from "./options.js";

/** Training pictures that the mean image, a guess to beat, is taken over. */
const MEAN_OVER = 1000;

const schema = z.object({
  network: z.enum(namesOf(networks)).default("plastic").describe(networkWords),
  rule: ruleOption(rules, "decayingHebb", "how plastic connections learn during an episode"),
  images: z.int().min(1).max(20).default(naturalImages.images).describe("images to remember in an episode"),
  cycles: z.int().min(1).max(20).default(naturalImages.cycles).describe("times that every image is shown"),
  stepsOn: z
    .int()
    .min(1)
    .max(100)
    .default(naturalImages.stepsOn)
    .describe("time steps that an image is shown for"),
  stepsOff: z
    .int()
    .min(0)
    .max(100)
    .default(naturalImages.stepsOff)
    .describe("time steps of silence after it"),
  testSteps: z.int().min(1).max(50).default(naturalImages.testSteps).describe("time steps of the half image"),
  lr: z.number().positive().default(1e-4).describe("learning rate of Adam"),
});

/** Natural images: three are shown, then one of them with its top or bottom half missing. */
export const images: Experiment<typeof schema> = {
  name: "images",
  title: "Image completion: shown pictures are restored from half of their pixels",
  source: "Miconi, Clune, Stanley 2018 (arXiv 1804.02464), 4.2",
  expected:
    "acceptable after about 3000 episodes, good after 100,000, for plastic networks; homogeneous ones are worse, rnn fails",
  departures: [
    "Tests use pictures that no training episode has shown; the program reports training episodes only.",
  ],
  schema,
  metric: { name: "mse", label: "mean squared error of the missing half", better: "lower", show: "number" },
  needsImages: "pictures",
  episodes: 3000,
  testEpisodes: 100,
  build({ options, device, seed, images: data }) {
    if (!data) throw new TypeError("images: needs pictures; pass images: { train, test }");
    checkImages(data.train, options);
    checkImages(data.test, options);
    const kind = networks[options.network];
    const plastic = ruleOf(rules, options.rule);
    const rule = kind.rule(plastic);
    const inputs = imagesNeurons(data.train);
    const { size } = data.train;
    const answers = size * size;
    const neurons = kind.neuronPerInput ? inputs : matchedNeurons(kind, inputs, inputs, answers);
    device.expectRoom({ rule, batch: 1, pre: neurons, post: neurons, steps: imagesSteps(options) });
    const network = kind.completion({
      device,
      inputs,
      neurons,
      rule: plastic,
      fixed: [],
      activation: clampedInput,
      answers,
      largest: 1,
      random: random(seed, "weights", 0),
    });
    const completion = new Completion(device, network, imagesSteps(options), answers, [1]);
    const mean = meanImage(data.train, Math.min(MEAN_OVER, data.train.count));
    return {
      parameters: network.parameters,
      adam: { lr: options.lr },
      rules: rulesOf(network.cell.connections),
      network: completion.alone,
      batch: 1,
      prepare(split, episodeSeed, index) {
        const episode = imagesEpisode(data[split], options, random(episodeSeed, split, index));
        const { shown, degraded, target, missing } = episode;
        completion.prepare(episode);
        return {
          measure: (output) => [{ ...halfMetrics(output, target, missing, mean) }],
          pictures: (output) => ({
            kind: "grey",
            width: size,
            height: size,
            shown,
            degraded,
            restored: Array.from(target, (_, i) => output[i]!),
            target,
          }),
        };
      },
      live: (tape) => completion.live(tape),
      release: () => completion.release(),
    };
  },
};
