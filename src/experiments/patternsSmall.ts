import type { Rule } from "../rules/index.js";
import * as z from "../schema/index.js";
import { smallPatterns } from "../tasks/index.js";
import type { BuildContext, Experiment } from "../training/index.js";
import { rules } from "./networks.js";
import { ruleOf } from "./options.js";
import { buildPatterns, patternsSchema, wrongBits } from "./patternCompletion.js";

const schema = z.object({
  ...patternsSchema(smallPatterns, 3e-4),
  bits: z
    .int()
    .min(2)
    .max(1000)
    .multipleOf(2)
    .default(smallPatterns.bits)
    .describe("bits of a pattern, half of them +1"),
  hidden: z
    .int()
    .min(0)
    .max(4000)
    .default(0)
    .describe("neurons beyond bits and bias; the paper gives its plain RNN 2000 (and lr 3e-5)"),
});

const build = (
  rule: Rule,
  options: z.output<typeof schema>,
  context: Omit<BuildContext<unknown>, "options">,
) => buildPatterns({ ...smallPatterns, ...options, rule, fixed: [] }, context);

/** 50-bit patterns: the task on which the paper compares plastic networks with plain ones. */
export const patternsSmall: Experiment<typeof schema> = {
  name: "patterns-small",
  title: "Binary pattern completion, small: the task on which networks are compared",
  source: "Miconi, Clune, Stanley 2018 (arXiv 1804.02464), 4.1: the comparison",
  expected:
    "plastic: mean error of 1000 episodes under 1 % at about 14,000 episodes; rnn: still above 12 % after 110,000",
  departures: ["Tests use episodes of their own, apart from those that train."],
  schema,
  metric: wrongBits,
  needsImages: false,
  episodes: 20_000,
  testEpisodes: 1000,
  build: ({ options, ...context }) => build(ruleOf(rules, options.rule), options, context),
};

/**
 * The same task with a rule of your own in the place of option `rule`.
 * Its networks have no modulator: building one throws a TypeError for a rule with signals.
 */
export const patternsSmallWith = (rule: Rule): Experiment<typeof schema> => ({
  ...patternsSmall,
  build: ({ options, ...context }) => build(rule, options, context),
});
