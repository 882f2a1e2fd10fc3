import { joinRates, type Rate } from "../formulas/rates.js";
import { type Formula, namesIn, nextOf } from "../formulas/tree.js";
import {
  checkDeclarations,
  declaredTrace,
  type ParamRate,
  type ReadRate,
  type RuleDefinition,
  type SignalRate,
} from "./definition.js";
import type { RuleReader } from "./faults.js";
import { inlineNext, type RuleEquations, readEquations, updateOf } from "./readEquations.js";

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

/** A rule of its definition, as `defineRule` says. Throws what the reader makes of a fault. */
export function checkedRule(definition: RuleDefinition, reader: RuleReader): Rule {
  checkDeclarations(definition, reader);
  const { name, source = "", params = {}, signals = {}, reads = {} } = definition;
  const equations = readEquations(definition, reader);
  const used = namesOf(
    equations.weight,
    ...Object.values(equations.sums),
    ...Object.values(equations.updates),
  );
  const declared = Object.entries(definition.traces).map(
    ([trace, each]) => [trace, declaredTrace(each)] as const,
  );
  const rated: Rated = {
    ...{ name, signals, reads },
    params: Object.fromEntries(
      Object.entries({ ...IMPLICIT_PARAMS, ...params }).filter(([param]) => used.has(param)),
    ),
    initial: Object.fromEntries(
      declared.flatMap(([trace, { per, init }]) => (per === "connection" ? [[trace, init]] : [])),
    ),
    neuronTraces: Object.fromEntries(
      declared.flatMap(([trace, { per, init }]) => (per === "connection" ? [] : [[trace, { per, init }]])),
    ),
  };
  expectNeuronRates(definition, rated, equations, reader);
  const traces = Object.keys(rated.initial);
  const updates = inlineNext(definition, equations.updates, new Set(traces), reader);
  const update = Object.fromEntries(traces.map((trace) => [trace, updates[trace]!]));
  return {
    ...{ ...rated, source, definition, traces, update, weight: equations.weight },
    neuronTraces: Object.fromEntries(
      Object.entries(rated.neuronTraces).map(([trace, each]) => [
        trace,
        { ...each, update: updates[trace]! },
      ]),
    ),
    ...vectorsOf(rated, equations, updates, update),
  };
}

/** As much of a rule as says how often its names differ. */
type Rated = Pick<Rule, "name" | "initial" | "params" | "signals"> & {
  readonly neuronTraces: Readonly<Record<string, Pick<NeuronTrace, "per" | "init">>>;
  readonly reads: Readonly<Record<string, Pick<RuleRead, "per">>>;
};

const namesOf = (...formulas: readonly Formula[]): Set<string> =>
  formulas.reduce((found, formula) => namesIn(formula, found), new Set<string>());

/** Throws for a trace of neurons whose update would differ by more than these neurons. */
function expectNeuronRates(
  definition: RuleDefinition,
  rated: Rated,
  { updates }: RuleEquations,
  reader: RuleReader,
): void {
  for (const [trace, { per }] of Object.entries(rated.neuronTraces)) {
    for (const key of namesIn(updates[trace]!)) {
      const rate = rateOfName(rated, key);
      if (joinRates(rate, per) === per) continue;
      const text = definition.update[trace]!;
      throw reader.written(updateOf(trace), text, key, "differs by other neurons", rate, per);
    }
  }
}

/** What reads and updates are told; `updates`: of all traces, `ofConnections`: of those alone that sweeps carry out. */
function vectorsOf(
  rated: Rated,
  { weight, sums }: RuleEquations,
  updates: Readonly<Record<string, Formula>>,
  ofConnections: Readonly<Record<string, Formula>>,
): Pick<Rule, "reads" | "updateReads" | "updateSignals" | "vectors" | "weightVectors"> {
  const { signals, neuronTraces, reads } = rated;
  const isOfNeurons = (key: string) => Object.hasOwn(neuronTraces, nextOf(key) ?? key);
  const isVector = (key: string) =>
    key === "pre" || key === "post" || Object.hasOwn(signals, key) || isOfNeurons(key);
  const withRate = (keys: Iterable<string>) =>
    Object.fromEntries([...keys].map((key) => [key, rateOfName(rated, key)]));
  const sumsOf = (keys: readonly string[]) => keys.map((key) => sums[key]!);

  const inUpdates = namesOf(...Object.values(updates));
  const updateReads = Object.keys(reads).filter((key) => inUpdates.has(key));
  const inOtherReads = namesOf(...sumsOf(Object.keys(reads).filter((key) => !updateReads.includes(key))));
  const told = namesOf(...Object.values(updates), ...sumsOf(updateReads));
  const inSweeps = namesOf(...Object.values(ofConnections));
  // A signal that nothing names is told to sweeps too: so errors about it do not depend on what a formula takes.
  const isForSweeps = (signal: string) =>
    inSweeps.has(signal) || !(told.has(signal) || inOtherReads.has(signal));
  return {
    reads: Object.fromEntries(
      Object.entries(sums).map(([key, sum]) => [
        key,
        { per: reads[key]!.per, sum, vectors: withRate([...namesIn(sum)].filter(isVector)) },
      ]),
    ),
    updateReads,
    updateSignals: Object.keys(signals).filter((key) => told.has(key) || !inOtherReads.has(key)),
    vectors: withRate(
      new Set([
        ...["pre", "post"],
        ...Object.keys(signals).filter(isForSweeps),
        ...[...inSweeps].filter((key) => isVector(key) || Object.hasOwn(reads, key)),
      ]),
    ),
    weightVectors: withRate([...namesIn(weight)].filter(isOfNeurons)),
  };
}

/**
 * The same rule with some of its parameters shared otherwise, as `withRates` says, and the first of them that cannot be: what
 * the rule lacks, or what a trace of neurons takes that would differ by connection.
 */
export function withSharing(
  rule: Rule,
  rates: Readonly<Record<string, ParamRate>>,
): { readonly rule: Rule; readonly refused?: { readonly param: string; readonly trace?: string } } {
  const params = { ...rule.params };
  for (const [param, per] of Object.entries(rates)) {
    if (!Object.hasOwn(params, param)) return { rule, refused: { param } };
    for (const [trace, neuron] of Object.entries(rule.neuronTraces)) {
      if (namesIn(neuron.update).has(param) && joinRates(per, neuron.per) !== neuron.per) {
        return { rule, refused: { param, trace } };
      }
    }
    params[param] = { ...params[param]!, per };
  }
  return { rule: { ...rule, params } };
}

/** How often a name of the rule differs. Throws an Error for a name it does not have. */
export function rateOfName(rule: Rated, name: string): Rate {
  if (name === "pre" || name === "post") return name;
  const trace = nextOf(name) ?? name;
  if (Object.hasOwn(rule.initial, trace)) return "connection";
  if (Object.hasOwn(rule.neuronTraces, trace)) return rule.neuronTraces[trace]!.per;
  if (Object.hasOwn(rule.params, name)) return rule.params[name]!.per;
  if (Object.hasOwn(rule.signals, name)) return rule.signals[name]!;
  if (Object.hasOwn(rule.reads, name)) return rule.reads[name]!.per;
  throw new Error(`rateOfName: rule "${rule.name}" uses no name "${name}"`);
}
