import { columnOfName, didYouMean, FormulaError, quote } from "../formulas/errors.js";
import { parseFormula } from "../formulas/parse.js";
import type { Rate } from "../formulas/rates.js";
import { isCallable } from "../formulas/signatures.js";
import { type Formula, namesIn } from "../formulas/tree.js";

/** How a rule's constant is shared: one number, one for each postsynaptic neuron, one for each connection. */
export type ParamRate = "layer" | "post" | "connection";

/** A signal comes from outside the connection: one number an episode, or one for each postsynaptic neuron. */
export type SignalRate = "episode" | "post";

/** A plasticity rule, as `defineRule` takes it: equations as text. */
export interface RuleDefinition {
  readonly name: string;
  /** Where the rule comes from: paper and equation. */
  readonly source?: string;
  /** Traces by name, with their value at the start of an episode. */
  readonly traces: Readonly<Record<string, number>>;
  /** Learned constants beside w and alpha, e.g. `{ eta: { per: "layer", init: 0.01 } }`. */
  readonly params?: Readonly<Record<string, { readonly per: ParamRate; readonly init: number }>>;
  readonly signals?: Readonly<Record<string, SignalRate>>;
  /** The effective weight, over w, alpha, params and traces. */
  readonly weight: string;
  /** The next value of each trace, over w, alpha, params, signals, traces, pre and post. */
  readonly update: Readonly<Record<string, string>>;
}

/** A checked rule: parsed, and ready for any device. */
export interface Rule {
  readonly name: string;
  readonly source: string;
  readonly definition: RuleDefinition;
  readonly traces: readonly string[];
  readonly initial: Readonly<Record<string, number>>;
  /** Every parameter by name, w and alpha included where the formulas use them (w, alpha per "connection"). */
  readonly params: Readonly<Record<string, { readonly per: ParamRate; readonly init: number }>>;
  readonly signals: Readonly<Record<string, SignalRate>>;
  readonly weight: Formula;
  readonly update: Readonly<Record<string, Formula>>;
}

/** What every connection has, declared by no rule. Layers set the starting values of w and alpha. */
const IMPLICIT_PARAMS = { w: { per: "connection", init: 0 }, alpha: { per: "connection", init: 0 } } as const;
const RESERVED = ["pre", "post", "w", "alpha"];
const PARAM_RATES: readonly ParamRate[] = ["layer", "post", "connection"];
const SIGNAL_RATES: readonly SignalRate[] = ["episode", "post"];

/**
 * Checks a rule and parses its equations. All updates of a step read the traces as they were before it.
 * A rule without traces, `weight: "w"`, is a plain connection.
 *
 * @throws FormulaError, with the equation or declaration and a caret, for a syntax error, an unknown name, a wrong
 * number of arguments, a trace without an update, an update without a trace, and a name that is taken or no name.
 */
export function defineRule(definition: RuleDefinition): Rule {
  const { traces, params = {}, signals = {} } = definition;
  checkDeclarations(definition);

  const inWeight = [...RESERVED.slice(2), ...Object.keys(params), ...Object.keys(traces)];
  const inUpdate = [...RESERVED.slice(0, 2), ...Object.keys(signals), ...inWeight];
  const read = (text: string, known: readonly string[], equation: string): Formula => {
    const place = `rule ${quote(definition.name)}, ${equation}`;
    const formula = parseAt(text, place);
    for (const unknown of namesIn(formula)) {
      if (known.includes(unknown)) continue;
      const cure = inUpdate.includes(unknown) ? "; only updates see it" : didYouMean(unknown, known);
      const problem = `${place}: unknown name ${quote(unknown)}, expected one of ${known.join(", ")}${cure}`;
      throw new FormulaError(problem, text, columnOfName(text, unknown));
    }
    return formula;
  };

  const weight = read(definition.weight, inWeight, "weight");
  const update = Object.fromEntries(
    Object.keys(traces).map((trace) => [
      trace,
      read(definition.update[trace]!, inUpdate, `update of ${trace}`),
    ]),
  );
  const used = [weight, ...Object.values(update)].reduce(
    (found, each) => namesIn(each, found),
    new Set<string>(),
  );
  return {
    name: definition.name,
    source: definition.source ?? "",
    definition,
    traces: Object.keys(traces),
    initial: traces,
    params: Object.fromEntries(
      Object.entries({ ...IMPLICIT_PARAMS, ...params }).filter(([param]) => used.has(param)),
    ),
    signals,
    weight,
    update,
  };
}

/**
 * The same rule with some of its parameters (w and alpha included) shared otherwise, e.g. `{ alpha: "layer" }` for one
 * plasticity coefficient in all connections. Only `params` differs from the rule given.
 *
 * @throws Error if the rule has no such parameter.
 */
export function withRates(rule: Rule, rates: Readonly<Record<string, ParamRate>>): Rule {
  const params = { ...rule.params };
  for (const [param, per] of Object.entries(rates)) {
    if (!Object.hasOwn(params, param)) {
      const known = Object.keys(params);
      throw new Error(
        `withRates: rule ${quote(rule.name)} has no parameter ${quote(param)}, expected one of ` +
          `${known.join(", ")}${didYouMean(param, known)}`,
      );
    }
    params[param] = { ...params[param]!, per };
  }
  return { ...rule, params };
}

/** How often a name of the rule differs; traces differ by connection. Throws an Error for a name it does not have. */
export function rateOfName(rule: Rule, name: string): Rate {
  if (name === "pre" || name === "post") return name;
  if (Object.hasOwn(rule.initial, name)) return "connection";
  if (Object.hasOwn(rule.params, name)) return rule.params[name]!.per;
  if (Object.hasOwn(rule.signals, name)) return rule.signals[name]!;
  throw new Error(`rateOfName: rule ${quote(rule.name)} uses no name ${quote(name)}`);
}

function parseAt(text: string, place: string): Formula {
  try {
    return parseFormula(text);
  } catch (error) {
    throw error instanceof FormulaError ? error.at(place) : error;
  }
}

/** Throws for the first declaration that is wrong, with a caret under its name. */
function checkDeclarations({ name, traces, params = {}, signals = {}, update }: RuleDefinition): void {
  const declared = new Set<string>();

  const nameProblem = (entry: string): string | null => {
    if (RESERVED.includes(entry) || isCallable(entry) || entry in {}) {
      return `the name ${quote(entry)} is taken; choose another`;
    }
    if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(entry)) {
      return `expected a name of letters, digits and _, beginning with no digit, got ${quote(entry)}`;
    }
    if (declared.has(entry)) return `the name ${quote(entry)} is declared twice; choose another`;
    declared.add(entry);
    return null;
  };
  const startProblem = (value: number): string | null =>
    Number.isFinite(value) ? null : `expected a finite number to start from, got ${value}`;
  const rateProblem = (rate: string, rates: readonly string[]): string | null =>
    rates.includes(rate) ? null : `expected a number per ${rates.join(" or ")}, got ${quote(String(rate))}`;

  const check = <T>(
    kind: string,
    entries: Readonly<Record<string, T>>,
    problemOf: (entry: string, value: T) => string | null,
  ): void => {
    let line = `${kind}: `;
    for (const [entry, value] of Object.entries(entries)) {
      const problem = problemOf(entry, value);
      if (problem) {
        throw new FormulaError(`rule ${quote(name)}: ${problem}`, `${line}${entry}`, line.length);
      }
      line += `${entry}, `;
    }
  };

  check("traces", traces, (trace, start) => nameProblem(trace) ?? startProblem(start));
  check("params", params, (param, { per, init }) => {
    return nameProblem(param) ?? rateProblem(per, PARAM_RATES) ?? startProblem(init);
  });
  check("signals", signals, (signal, per) => nameProblem(signal) ?? rateProblem(per, SIGNAL_RATES));
  check("traces", traces, (trace) => {
    return Object.hasOwn(update, trace) ? null : `trace ${quote(trace)} has no update; give it one`;
  });
  check("update", update, (trace) => {
    const hint = didYouMean(trace, Object.keys(traces)) || "; declare it with its starting value";
    return Object.hasOwn(traces, trace) ? null : `an update of ${quote(trace)}, which is no trace${hint}`;
  });
}
