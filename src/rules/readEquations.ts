/** A rule's equations, from text to formulas all of whose names are known. */
import { columnOfName, didYouMean, FormulaError, quote } from "../formulas/errors.js";
import { parseFormula } from "../formulas/parse.js";
import { type Formula, namesIn, nextName, nextOf, substitute } from "../formulas/tree.js";
import { RESERVED, type RuleDefinition } from "./definition.js";

export interface RuleEquations {
  readonly weight: Formula;
  /** Of each read, by its name. */
  readonly sums: Readonly<Record<string, Formula>>;
  /** Of each trace, by its name; `next(S)` is a name in them. */
  readonly updates: Readonly<Record<string, Formula>>;
}

const placeIn = ({ name }: RuleDefinition, equation: string): string => `rule ${quote(name)}, ${equation}`;

/** What is wrong with the update of a trace, and with which of its names. */
export function problemIn(
  definition: RuleDefinition,
  trace: string,
  what: string,
  culprit: string,
): FormulaError {
  const text = definition.update[trace]!;
  const place = placeIn(definition, `update of ${trace}`);
  return new FormulaError(`${place}: ${what}`, text, columnOfName(text, culprit));
}

/** @throws FormulaError for a syntax error or an unknown name */
export function readEquations(definition: RuleDefinition): RuleEquations {
  const { traces, params = {}, signals = {}, reads = {} } = definition;
  const everyTrace = Object.keys(traces);
  const inWeight = [...RESERVED.slice(2), ...Object.keys(params), ...everyTrace];
  const inReads = [...RESERVED.slice(0, 2), ...Object.keys(signals), ...inWeight];
  const inUpdate = [...inReads, ...Object.keys(reads)];
  const read = (text: string, known: readonly string[], equation: string): Formula =>
    readEquation(text, { known, place: placeIn(definition, equation), inUpdate, everyTrace });
  return {
    weight: read(definition.weight, inWeight, "weight"),
    sums: Object.fromEntries(
      Object.entries(reads).map(([key, { sum }]) => [key, read(sum, inReads, `read ${key}`)]),
    ),
    updates: Object.fromEntries(
      everyTrace.map((trace) => [
        trace,
        read(definition.update[trace]!, [...inUpdate, ...everyTrace.map(nextName)], `update of ${trace}`),
      ]),
    ),
  };
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
export function inlineNext(
  definition: RuleDefinition,
  written: Readonly<Record<string, Formula>>,
  ofConnections: ReadonlySet<string>,
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
        const what = `the next value of ${loop}; let one take the old value`;
        throw problemIn(definition, trace, what, key);
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
