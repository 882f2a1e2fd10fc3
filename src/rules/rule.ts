import { columnOfName, didYouMean, FormulaError, quote } from "../formulas/errors.js";
import { parseFormula } from "../formulas/parse.js";
import { joinRates, type Rate } from "../formulas/rates.js";
import { type Formula, namesIn, nextName, nextOf, substitute } from "../formulas/tree.js";
import {
  checkDeclarations,
  declaredTrace,
  type ParamRate,
  RESERVED,
  type ReadRate,
  type RuleDefinition,
  type SignalRate,
} from "./definition.js";

/** A trace that belongs to neurons at one end of the connection, and how it changes. */
export interface NeuronTrace {
  readonly per: "pre" | "post";
  readonly init: number;
  readonly update: Formula;
}

/** A sum over all connections of a neuron. */
export interface RuleRead {
  readonly per: ReadRate;
  readonly sum: Formula;
  /** The vectors that it takes, each with its rate; by the names in `sum`. */
  readonly vectors: Readonly<Record<string, Rate>>;
}

/** A checked rule: parsed, and ready for any device. */
export interface Rule {
  readonly name: string;
  readonly source: string;
  readonly definition: RuleDefinition;
  /** Those of connections. */
  readonly traces: readonly string[];
  /** Their values at the start of an episode. */
  readonly initial: Readonly<Record<string, number>>;
  readonly neuronTraces: Readonly<Record<string, NeuronTrace>>;
  /** Every parameter by name, w and alpha included where the formulas use them (w, alpha per "connection"). */
  readonly params: Readonly<Record<string, { readonly per: ParamRate; readonly init: number }>>;
  readonly signals: Readonly<Record<string, SignalRate>>;
  readonly reads: Readonly<Record<string, RuleRead>>;
  /** The reads that an update of any trace takes. */
  readonly updateReads: readonly string[];
  /** The signals that an update must be told: all but those of other reads. */
  readonly updateSignals: readonly string[];
  /**
   * The vectors that updates of connections take, each with its rate: pre, post, signals, reads, and traces of neurons, old
   * (`theta`) and new (`next(theta)`).
   */
  readonly vectors: Readonly<Record<string, Rate>>;
  /** The traces of neurons that the weight names, as vectors of a read. */
  readonly weightVectors: Readonly<Record<string, Rate>>;
  readonly weight: Formula;
  /** The next value of each trace of connections, over what was there before; `next(S)` of such a trace is replaced by its formula. */
  readonly update: Readonly<Record<string, Formula>>;
}

/** What every connection has, declared by no rule. Layers set the starting values of w and alpha. */
const IMPLICIT_PARAMS = { w: { per: "connection", init: 0 }, alpha: { per: "connection", init: 0 } } as const;

/**
 * Checks a rule and parses its equations. All updates of a step read the traces as they were before it, but for `next(S)`.
 * A rule without traces, `weight: "w"`, is a plain connection.
 *
 * @throws FormulaError, with the equation or declaration and a caret, for a syntax error, an unknown name, a wrong
 * number of arguments, a trace without an update, an update without a trace, a name that is taken or no name, a trace of
 * neurons that would differ by connection, and new values that need each other.
 */
export function defineRule(definition: RuleDefinition): Rule {
  checkDeclarations(definition);
  const { params = {}, signals = {}, reads = {} } = definition;
  const declared = Object.entries(definition.traces).map(([trace, each]) => ({
    trace,
    ...declaredTrace(each),
  }));
  const ofConnections = declared.filter(({ per }) => per === "connection");
  const ofNeurons = declared.filter(({ per }) => per !== "connection");
  const everyTrace = declared.map(({ trace }) => trace);

  const inWeight = [...RESERVED.slice(2), ...Object.keys(params), ...everyTrace];
  const inReads = [...RESERVED.slice(0, 2), ...Object.keys(signals), ...inWeight];
  const inUpdate = [...inReads, ...Object.keys(reads)];
  const read = (text: string, known: readonly string[], equation: string): Formula =>
    readEquation(text, { known, place: `rule ${quote(definition.name)}, ${equation}`, inUpdate, everyTrace });

  const weight = read(definition.weight, inWeight, "weight");
  const sums = Object.fromEntries(
    Object.entries(reads).map(([key, { sum }]) => [key, read(sum, inReads, `read ${key}`)]),
  );
  const written = Object.fromEntries(
    everyTrace.map((trace) => [
      trace,
      read(definition.update[trace]!, [...inUpdate, ...everyTrace.map(nextName)], `update of ${trace}`),
    ]),
  );
  const problem = (trace: string, what: string, culprit: string): FormulaError => {
    const text = definition.update[trace]!;
    const place = `rule ${quote(definition.name)}, update of ${trace}`;
    return new FormulaError(`${place}: ${what}`, text, columnOfName(text, culprit));
  };
  const names = (formula: Formula) => [...namesIn(formula)];
  const used = new Set(
    [weight, ...Object.values(sums), ...Object.values(written)].flatMap((each) => names(each)),
  );
  const rule = {
    name: definition.name,
    source: definition.source ?? "",
    definition,
    traces: ofConnections.map(({ trace }) => trace),
    initial: Object.fromEntries(ofConnections.map(({ trace, init }) => [trace, init])),
    params: Object.fromEntries(
      Object.entries({ ...IMPLICIT_PARAMS, ...params }).filter(([param]) => used.has(param)),
    ),
    signals,
    weight,
  };
  const rates: Record<string, Rate> = Object.fromEntries([
    ...declared.map(({ trace, per }) => [trace, per] as const),
    ...declared.map(({ trace, per }) => [nextName(trace), per] as const),
    ...Object.entries(rule.params).map(([param, { per }]) => [param, per] as const),
    ...Object.entries(signals),
    ...Object.entries(reads).map(([key, { per }]) => [key, per] as const),
    ["pre", "pre"] as const,
    ["post", "post"] as const,
  ]);
  for (const { trace, per } of ofNeurons) {
    const wrong = names(written[trace]!).find((each) => joinRates(rates[each]!, per) !== per);
    if (wrong !== undefined) {
      const rate = rates[wrong]!;
      const what = `${quote(wrong)} differs by ${rate === "connection" ? rate : `${rate} neuron`}, the trace by ${per} neuron`;
      throw problem(trace, `${what}; name a read that sums over the connections instead`, wrong);
    }
  }
  const inlined = inlineNext(written, new Set(rule.traces), problem);
  const neuronTraces = Object.fromEntries(
    ofNeurons.map(({ trace, per, init }): [string, NeuronTrace] => [
      trace,
      { per: per as NeuronTrace["per"], init, update: inlined[trace]! },
    ]),
  );
  const update = Object.fromEntries(rule.traces.map((trace) => [trace, inlined[trace]!]));

  const isTold = (key: string) => key === "pre" || key === "post" || Object.hasOwn(signals, key);
  const isVector = (key: string) => isTold(key) || Object.hasOwn(neuronTraces, nextOf(key) ?? key);
  const withRates = (keys: Iterable<string>) =>
    Object.fromEntries([...keys].map((key) => [key, rates[key]!]));
  const inUpdates = new Set(Object.values(inlined).flatMap((each) => names(each)));
  const updateReads = Object.keys(reads).filter((key) => inUpdates.has(key));
  const inOtherReads = Object.keys(reads)
    .filter((key) => !updateReads.includes(key))
    .flatMap((key) => names(sums[key]!));
  const told = new Set([...inUpdates, ...updateReads.flatMap((key) => names(sums[key]!))]);
  const ofSweeps = new Set(Object.values(update).flatMap((each) => names(each)));
  const elsewhere = new Set([...told, ...inOtherReads].filter((key) => !ofSweeps.has(key)));
  return {
    ...rule,
    neuronTraces,
    reads: Object.fromEntries(
      Object.entries(sums).map(([key, sum]): [string, RuleRead] => [
        key,
        { per: reads[key]!.per, sum, vectors: withRates(names(sum).filter(isVector)) },
      ]),
    ),
    updateReads,
    updateSignals: Object.keys(signals).filter((key) => told.has(key) || !inOtherReads.includes(key)),
    vectors: withRates(
      new Set([
        ...["pre", "post"],
        ...Object.keys(signals).filter((key) => !elsewhere.has(key)),
        ...[...ofSweeps].filter((key) => isVector(key) || Object.hasOwn(reads, key)),
      ]),
    ),
    weightVectors: withRates(names(weight).filter((key) => Object.hasOwn(neuronTraces, key))),
    update,
  };
}

/**
 * The same rule with some of its parameters (w and alpha included) shared otherwise, e.g. `{ alpha: "layer" }` for one
 * plasticity coefficient in all connections. Only `params` differs from the rule given.
 *
 * @throws Error if the rule has no such parameter, or a trace of neurons takes it that would differ by connection.
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
    for (const [trace, neuron] of Object.entries(rule.neuronTraces)) {
      if (!namesIn(neuron.update).has(param) || joinRates(per, neuron.per) === neuron.per) continue;
      throw new Error(
        `withRates: rule ${quote(rule.name)} has a trace ${quote(trace)} for each ${neuron.per} neuron, whose update takes ` +
          `${param}: it cannot be shared per ${per}; take "layer" or "${neuron.per}"`,
      );
    }
    params[param] = { ...params[param]!, per };
  }
  return { ...rule, params };
}

/** How often a name of the rule differs. Throws an Error for a name it does not have. */
export function rateOfName(rule: Rule, name: string): Rate {
  if (name === "pre" || name === "post") return name;
  const trace = nextOf(name) ?? name;
  if (Object.hasOwn(rule.initial, trace)) return "connection";
  if (Object.hasOwn(rule.neuronTraces, trace)) return rule.neuronTraces[trace]!.per;
  if (Object.hasOwn(rule.params, name)) return rule.params[name]!.per;
  if (Object.hasOwn(rule.signals, name)) return rule.signals[name]!;
  if (Object.hasOwn(rule.reads, name)) return rule.reads[name]!.per;
  throw new Error(`rateOfName: rule ${quote(rule.name)} uses no name ${quote(name)}`);
}

interface Equation {
  readonly known: readonly string[];
  readonly place: string;
  readonly inUpdate: readonly string[];
  readonly everyTrace: readonly string[];
}

/** Parses an equation, all of whose names must be known. */
function readEquation(text: string, { known, place, inUpdate, everyTrace }: Equation): Formula {
  const formula = parseAt(text, place);
  for (const unknown of namesIn(formula)) {
    if (known.includes(unknown)) continue;
    const trace = nextOf(unknown);
    const problem = (what: string) =>
      new FormulaError(`${place}: ${what}`, text, columnOfName(text, unknown));
    if (trace !== null && everyTrace.includes(trace)) {
      throw problem(`${quote(unknown)} is known to updates only, which make it`);
    }
    if (trace !== null) {
      const traces = everyTrace.join(", ") || "no trace";
      throw problem(`next takes the name of a trace (${traces}), got ${quote(trace)}`);
    }
    const cure = inUpdate.includes(unknown) ? "; only updates see it" : didYouMean(unknown, known);
    const names = known.filter((each) => nextOf(each) === null);
    throw problem(`unknown name ${quote(unknown)}, expected one of ${names.join(", ")}${cure}`);
  }
  return formula;
}

/**
 * Puts the formula of a trace of connections where its next value is named; those of neurons stay names in updates of
 * connections, which are told them, and are put in where another trace of neurons names them.
 */
function inlineNext(
  written: Readonly<Record<string, Formula>>,
  ofConnections: ReadonlySet<string>,
  problem: (trace: string, what: string, culprit: string) => FormulaError,
): Record<string, Formula> {
  const done: Record<string, Formula> = {};
  const visit = (trace: string, from: readonly string[]): Formula => {
    if (Object.hasOwn(done, trace)) return done[trace]!;
    const replacements: Record<string, Formula> = {};
    for (const key of namesIn(written[trace]!)) {
      const other = nextOf(key);
      if (other === null) continue;
      const path = [...from, trace];
      if (path.includes(other)) {
        const loop = [...path.slice(path.indexOf(other)), other].map(quote).join(", which takes that of ");
        throw problem(trace, `the next value of ${loop}; let one take the old value`, key);
      }
      const next = visit(other, path);
      if (ofConnections.has(other) || !ofConnections.has(trace)) replacements[key] = next;
    }
    done[trace] = substitute(written[trace]!, replacements);
    return done[trace];
  };
  for (const trace of Object.keys(written)) visit(trace, []);
  return done;
}

function parseAt(text: string, place: string): Formula {
  try {
    return parseFormula(text);
  } catch (error) {
    throw error instanceof FormulaError ? error.at(place) : error;
  }
}
