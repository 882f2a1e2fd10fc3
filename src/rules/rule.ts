import { columnOfName, didYouMean, FormulaError, quote } from "../formulas/errors.js";
import { parseFormula } from "../formulas/parse.js";
import { nextOf } from "../formulas/tree.js";
import { checkedRule, type Rule, withSharing } from "./checkedRule.js";
import { PARAM_RATES, type ParamRate, type RuleDefinition } from "./definition.js";
import { expectRuleFields } from "./expectRuleFields.js";
import type { DeclarationProblems, EquationProblems, RuleReader, Section } from "./faults.js";

export { type NeuronTrace, type Rule, type RuleRead, rateOfName } from "./checkedRule.js";

/**
 * Checks a rule and parses its equations. All updates of a step read the traces as they were before it, but for `next(S)`.
 * A rule without traces, `weight: "w"`, is a plain connection.
 *
 * @throws FormulaError, with the equation or declaration and a caret, for a syntax error, an unknown name, a wrong
 * number of arguments, a trace without an update, an update without a trace, a name that is taken or no name, a trace of
 * neurons that would differ by connection, and new values that need each other; TypeError for a field that is missing, unknown or
 * of another kind.
 */
export function defineRule(definition: RuleDefinition): Rule {
  expectRuleFields(definition);
  return checkedRule(definition, explaining(definition));
}

/**
 * The same rule with some of its parameters (w and alpha included) shared otherwise, e.g. `{ alpha: "layer" }` for one
 * plasticity coefficient in all connections. Only `params` differs from the rule given.
 *
 * @throws RangeError for a rate that there is not; Error if the rule has no such parameter, or a trace of neurons takes it that would
 *   differ by connection.
 */
export function withRates(rule: Rule, rates: Readonly<Record<string, ParamRate>>): Rule {
  for (const [param, per] of Object.entries(rates)) {
    if (PARAM_RATES.includes(per)) continue;
    throw new RangeError(
      `withRates: ${param} of rule ${quote(rule.name)} cannot be shared per ${quote(String(per))}; take one of ` +
        `${PARAM_RATES.join(", ")}${didYouMean(String(per), PARAM_RATES)}`,
    );
  }
  const { rule: shared, refused } = withSharing(rule, rates);
  if (!refused) return shared;
  const { param, trace } = refused;
  const where = `withRates: rule ${quote(rule.name)} has`;
  if (trace === undefined) {
    const known = Object.keys(rule.params);
    throw new Error(
      `${where} no parameter ${quote(param)}, expected one of ${known.join(", ")}${didYouMean(param, known)}`,
    );
  }
  const { per } = rule.neuronTraces[trace]!;
  throw new Error(
    `${where} a trace ${quote(trace)} for each ${per} neuron, whose update takes ${param}: it cannot be shared per ` +
      `${rates[param]}; take "layer" or "${per}"`,
  );
}

/** Says what is wrong with a rule to the person who writes it: where, with a caret, and what to do. */
function explaining(definition: RuleDefinition): RuleReader {
  const rule = `rule ${quote(definition.name)}`;
  return {
    formula(text, equation) {
      try {
        return parseFormula(text);
      } catch (error) {
        throw error instanceof FormulaError ? error.at(`${rule}, ${equation}`) : error;
      }
    },
    declared(section, entry, problem, ...about) {
      const line = lineOf(definition, section, entry);
      const said = OF_DECLARATIONS[problem](entry, definition, ...about);
      return new FormulaError(`${rule}: ${said}`, line, line.length - entry.length);
    },
    written(equation, text, name, problem, ...about) {
      const said = OF_EQUATIONS[problem](name, ...about);
      return new FormulaError(`${rule}, ${equation}: ${said}`, text, columnOfName(text, name));
    },
  };
}

/** A section of the definition as one line, up to an entry. */
function lineOf(definition: RuleDefinition, section: Section, entry: string): string {
  const entries = Object.keys(definition[section] ?? {});
  return `${section}: ${entries.slice(0, entries.indexOf(entry) + 1).join(", ")}`;
}

const OF_DECLARATIONS: {
  readonly [K in keyof DeclarationProblems]: (
    entry: string,
    definition: RuleDefinition,
    ...about: DeclarationProblems[K]
  ) => string;
} = {
  "a name that is taken": (entry) => `the name ${quote(entry)} is taken; choose another`,
  "no name": (entry) =>
    `expected a name of letters, digits and _, beginning with no digit, got ${quote(entry)}`,
  "declared twice": (entry) => `the name ${quote(entry)} is declared twice; choose another`,
  "the name of x @ W": (entry) => `the name ${quote(entry)} is that of x @ W; choose another`,
  "no finite number to start from": (_, __, value) => `expected a finite number to start from, got ${value}`,
  "no such rate": (_, __, rate, rates) =>
    `expected a number per ${rates.join(" or ")}, got ${quote(String(rate))}`,
  "no update": (trace) => `trace ${quote(trace)} has no update; give it one`,
  "no such trace": (trace, { traces }) => {
    const hint = didYouMean(trace, Object.keys(traces)) || "; declare it with its starting value";
    return `an update of ${quote(trace)}, which is no trace${hint}`;
  },
};

const OF_EQUATIONS: {
  readonly [K in keyof EquationProblems]: (name: string, ...about: EquationProblems[K]) => string;
} = {
  "known to updates only": (name) => `${quote(name)} is known to updates only, which make it`,
  "next of no trace": (_, trace, traces) =>
    `next takes the name of a trace (${traces.join(", ") || "no trace"}), got ${quote(trace)}`,
  "unknown name": (name, known, elsewhere) => {
    const cure = elsewhere ? "; only updates see it" : didYouMean(name, known);
    const names = known.filter((each) => nextOf(each) === null);
    return `unknown name ${quote(name)}, expected one of ${names.join(", ")}${cure}`;
  },
  "differs by other neurons": (name, rate, per) => {
    const what = rate === "connection" ? rate : `${rate} neuron`;
    const cure = "name a read that sums over the connections instead";
    return `${quote(name)} differs by ${what}, the trace by ${per} neuron; ${cure}`;
  },
  "next values that need each other": (_, circle) =>
    `the next value of ${circle.map(quote).join(", which takes that of ")}; let one take the old value`,
};
