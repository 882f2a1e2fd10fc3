/** A rule's equations, from text to formulas all of whose names are known. */
import { type Formula, namesIn, nextName, nextOf, substitute } from "../formulas/tree.js";
import { RESERVED, type RuleDefinition } from "./definition.js";
import type { RuleReader } from "./faults.js";

export interface RuleEquations {
  readonly weight: Formula;
  /** Of each read, by its name. */
  readonly sums: Readonly<Record<string, Formula>>;
  /** Of each trace, by its name; `next(S)` is a name in them. */
  readonly updates: Readonly<Record<string, Formula>>;
}

/** What errors call the equation of a trace. */
export const updateOf = (trace: string): string => `update of ${trace}`;

/** Throws what the reader makes of a syntax error or an unknown name. */
export function readEquations(definition: RuleDefinition, reader: RuleReader): RuleEquations {
  const { traces, params = {}, signals = {}, reads = {} } = definition;
  const everyTrace = Object.keys(traces);
  const inWeight = [...RESERVED.slice(2), ...Object.keys(params), ...everyTrace];
  const inReads = [...RESERVED.slice(0, 2), ...Object.keys(signals), ...inWeight];
  const inUpdate = [...inReads, ...Object.keys(reads)];
  const read = (text: string, known: readonly string[], equation: string): Formula =>
    readEquation(text, { known, equation, inUpdate, everyTrace }, reader);
  return {
    weight: read(definition.weight, inWeight, "weight"),
    sums: Object.fromEntries(
      Object.entries(reads).map(([key, { sum }]) => [key, read(sum, inReads, `read ${key}`)]),
    ),
    updates: Object.fromEntries(
      everyTrace.map((trace) => [
        trace,
        read(definition.update[trace]!, [...inUpdate, ...everyTrace.map(nextName)], updateOf(trace)),
      ]),
    ),
  };
}

interface Equation {
  readonly known: readonly string[];
  readonly equation: string;
  readonly inUpdate: readonly string[];
  readonly everyTrace: readonly string[];
}

/** Parses an equation, all of whose names must be known. */
function readEquation(
  text: string,
  { known, equation, inUpdate, everyTrace }: Equation,
  reader: RuleReader,
): Formula {
  const formula = reader.formula(text, equation);
  for (const name of namesIn(formula)) {
    if (known.includes(name)) continue;
    const trace = nextOf(name);
    if (trace === null) {
      throw reader.written(equation, text, name, "unknown name", known, inUpdate.includes(name));
    }
    throw everyTrace.includes(trace)
      ? reader.written(equation, text, name, "known to updates only")
      : reader.written(equation, text, name, "next of no trace", trace, everyTrace);
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
  reader: RuleReader,
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
        const circle = [...path.slice(path.indexOf(other)), other];
        const text = definition.update[trace]!;
        throw reader.written(updateOf(trace), text, key, "next values that need each other", circle);
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
