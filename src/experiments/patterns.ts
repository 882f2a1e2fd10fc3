import * as z from "../schema/index.js";
import { fullPatterns } from "../tasks/index.js";
import type { Experiment } from "../training/index.js";
import { rules } from "./networks.js";
import { ruleOf } from "./options.js";
import { buildPatterns, patternsSchema, wrongBits } from "./patternCompletion.js";

const schema = z.object(patternsSchema(fullPatterns, 3e-4));

/** 1000-bit patterns: the simplest released program of the paper, without bias neuron and with eta fixed at 0.01. */
export const patterns: Experiment<typeof schema> = {
  name: "patterns",
  title: "Binary pattern completion: shown patterns are restored from half of their bits",
  source: "Miconi, Clune, Stanley 2018 (arXiv 1804.02464), 4.1: the simplest program",
  expected: "error near 25 % at episode 10, 13 % at 80, 4 % at 130, under 1 % from 180 to 250 on",
  departures: [
    "Tests use episodes of their own, apart from those that train; the program reports training episodes only.",
  ],
  schema,
  metric: wrongBits,
  needsImages: false,
  episodes: 400,
  testEpisodes: 50,
  build: ({ options, ...context }) =>
    buildPatterns(
      { ...fullPatterns, ...options, rule: ruleOf(rules, options.rule), hidden: 0, fixed: ["eta"] },
      context,
    ),
};
