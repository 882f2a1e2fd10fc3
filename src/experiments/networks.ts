import { clippedHebb, decayingHebb, nonplastic, oja, withRates } from "../rules/index.js";
import type { Rule } from "../rules/rule.js";

/** The plasticity rules that a network may be given. */
export const rules = { decayingHebb, oja, clippedHebb };

/** What makes a recurrent network of each kind, given the rule of a plastic one. */
export const networks = {
  /** Every connection has its own alpha. */
  plastic: (rule: Rule): Rule => rule,
  /** One alpha for all connections. */
  homogeneous: (rule: Rule): Rule => withRates(rule, { alpha: "layer" }),
  /** No plasticity: connections are the same throughout an episode. */
  rnn: (): Rule => nonplastic,
};

/** The names of a record of variants, as zod's `enum` wants them. */
export const namesOf = <Name extends string>(variants: Readonly<Record<Name, unknown>>): [Name, ...Name[]] =>
  Object.keys(variants) as [Name, ...Name[]];
