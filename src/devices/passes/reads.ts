/** The sums that a sweep takes from the traces as its update leaves them, and their slopes. */
import { call, derive, type Formula, name, type Rate, substitute } from "../../formulas/index.js";
import type { Rule } from "../../rules/rule.js";
import { type Halves, readInput, readVector, renewed } from "./forward.js";

/** The name used inside a pass for the adjoint of what was read. */
export const adjointOfRead = (read: string) => `dz(${read})`;
export const readAdjoint = adjointOfRead("read");

export interface SweepRead {
  /** The rule's name for it; "read" is x @ W. */
  readonly name: string;
  /** Where its value goes, and where its adjoint lies. */
  readonly to: string;
  readonly adjointAt: string;
  readonly per: "pre" | "post";
  /** What it takes beside traces and parameters, by the names inside the pass. */
  readonly vectors: Readonly<Record<string, Rate>>;
  /** What is summed. */
  readonly formula: Formula;
  /** Its derivative by a name, times its adjoint. */
  slope(key: string): Formula;
}

const product = (...factors: Formula[]): Formula => factors.reduce((a, b) => call("mul", a, b));

/** All sums of a sweep. */
export function readsOf(rule: Rule, { update, read, reads = [] }: Halves): SweepRead[] {
  const own = (of: string, vectors: Readonly<Record<string, Rate>>) =>
    Object.fromEntries(Object.entries(vectors).map(([key, rate]) => [readVector(key, of), rate]));
  const named = reads.map((key): SweepRead => {
    const { per, sum, vectors } = rule.reads[key]!;
    const formula = asRead(rule, sum, key, vectors, update);
    const adjoint = adjointOfRead(key);
    const slope = (by: string) => product(name(adjoint), derive(formula, by));
    return {
      ...{
        name: key,
        to: `z:${key}`,
        adjointAt: `dz:${key}`,
        per,
        vectors: own(key, vectors),
        formula,
        slope,
      },
    };
  });
  if (!read) return named;
  const weight = asRead(rule, rule.weight, "read", rule.weightVectors, update);
  const outer = product(name(readInput), name(readAdjoint));
  return [
    {
      ...{ name: "read", to: "z", adjointAt: "dz", per: "post" },
      vectors: { [readInput]: "pre", ...own("read", rule.weightVectors) },
      formula: product(name(readInput), weight),
      slope: (by) =>
        by === readInput ? product(weight, name(readAdjoint)) : product(outer, derive(weight, by)),
    },
    ...named,
  ];
}

/** A formula of a read, which takes vectors of its own, and traces as the update leaves them. */
export function asRead(
  rule: Rule,
  formula: Formula,
  of: string,
  vectors: Readonly<Record<string, Rate>>,
  update: boolean,
): Formula {
  const own = Object.keys(vectors).map((key) => [key, name(readVector(key, of))] as const);
  const traces = update ? rule.traces.map((trace) => [trace, name(renewed(trace))] as const) : [];
  return substitute(formula, Object.fromEntries([...own, ...traces]));
}
