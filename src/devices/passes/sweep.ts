/** What a sweep computes: a rule's formulas and their derivatives, regrouped for the loops over rows and columns. */
import {
  call as apply,
  derive,
  type Formula,
  hoist,
  name,
  namesIn,
  number,
  type Rate,
  simplify,
  substitute,
} from "../../formulas/index.js";
import { type Rule, rateOfName } from "../../rules/rule.js";
import { RowSums, type RowTerm } from "./rowSums.js";

export interface SweepSpec {
  readonly rule: Rule;
  /** Presynaptic and postsynaptic neurons of the connection. */
  readonly pre: number;
  readonly post: number;
  readonly direction: "forward" | "backward";
  readonly update: boolean;
  readonly read: boolean;
  /** Parameters whose gradients are computed (backward). */
  readonly wanted: readonly string[];
  /** Backward: H is recovered from F(H) = factor * H + rest, instead of being read. */
  readonly inverse: { readonly factor: Formula; readonly rest: Formula } | null;
  /** Sets tiny traces and adjoints to zero. Decay is slow, so this need not be done at every step. */
  readonly flush: boolean;
  /** Rows in a block. */
  readonly rows: number;
  /** Vectors of columns in a turn of the inner loop. */
  readonly width: number;
}

/** The names used inside a kernel beside the rule's own: the read's input and adjoint, new traces and their adjoints. */
export const readInput = "x(read)";
export const readAdjoint = "dz(read)";
export const renewed = (trace: string) => `${trace}(next)`;
export const incoming = (trace: string) => `G(${trace})`;
export const complete = (trace: string) => `A(${trace})`;

/** What a backward sweep adds up, by the name of what it is the adjoint of. */
interface Sum {
  readonly of: string;
  readonly rate: Rate;
  readonly formula: Formula;
  /** Sums over a row, or over everything, are made of sums over rows; empty for the others. */
  readonly terms: readonly RowTerm[];
}

const product = (...factors: Formula[]): Formula => factors.reduce((a, b) => apply("mul", a, b));
const total = (terms: Formula[]): Formula => terms.reduce((a, b) => apply("add", a, b), number(0) as Formula);

/** The formulas of a sweep, regrouped so that what is constant along a loop stands by itself. */
export function formulasOf(spec: SweepSpec) {
  const { rule } = spec;
  const traces = rule.traces;
  const next = Object.fromEntries(traces.map((trace) => [trace, name(renewed(trace))]));
  const weight = substitute(rule.weight, next);
  const rate = (key: string): Rate => {
    if (key === readInput) return "pre";
    if (key === readAdjoint) return "post";
    if (key.includes("(")) return "connection";
    return rateOfName(rule, key);
  };
  const tidy = (formula: Formula) => hoist(simplify(formula), rate);
  const outer = product(name(readInput), name(readAdjoint));
  const throughRead = (key: string): Formula => (spec.read ? product(outer, derive(weight, key)) : number(0));
  const throughUpdate = (key: string): Formula =>
    spec.update
      ? total(traces.map((trace) => product(name(complete(trace)), derive(rule.update[trace]!, key))))
      : number(0);
  const zero = (formula: Formula) => formula.kind === "number" && formula.value === 0;

  const sums: Sum[] = [];
  const rowSums = new RowSums(rate);
  const add = (of: string, sumRate: Rate, formula: Formula) => {
    const tidied = tidy(formula);
    if (zero(tidied)) return;
    const byRow = sumRate !== "post" && sumRate !== "connection";
    sums.push({ of, rate: sumRate, formula: tidied, terms: byRow ? rowSums.add(formula) : [] });
  };
  if (spec.direction === "backward") {
    if (spec.read) add(readInput, "pre", product(weight, name(readAdjoint)));
    for (const key of spec.wanted) {
      if (deferred(rule).includes(key)) continue;
      add(key, rule.params[key]!.per, apply("add", throughRead(key), throughUpdate(key)));
    }
    for (const key of ["pre", "post", ...Object.keys(rule.signals)]) add(key, rate(key), throughUpdate(key));
  }
  return {
    rate,
    sums,
    rowSums: rowSums.sums,
    weight: tidy(weight),
    next: Object.fromEntries(traces.map((trace) => [trace, tidy(rule.update[trace] ?? name(trace))])),
    previous: spec.inverse
      ? tidy(
          apply(
            "mul",
            apply("sub", name(renewed(traces[0]!)), spec.inverse.rest),
            apply("div", number(1), spec.inverse.factor),
          ),
        )
      : null,
    adjoint: Object.fromEntries(
      traces.map((trace) => [trace, tidy(apply("add", name(incoming(trace)), throughRead(renewed(trace))))]),
    ),
    outgoing: Object.fromEntries(
      traces.map((trace) => [trace, tidy(spec.update ? throughUpdate(trace) : name(complete(trace)))]),
    ),
  };
}

/** Connection parameters whose gradient is the sum of x_i dz_j alone: one matrix product at the end of the episode. */
export function deferred(rule: Rule): string[] {
  return Object.keys(rule.params).filter((key) => {
    const slope = derive(rule.weight, key);
    const inUpdate = Object.values(rule.update).some((formula) => namesIn(formula).has(key));
    return (
      rule.params[key]!.per === "connection" && slope.kind === "number" && slope.value === 1 && !inUpdate
    );
  });
}

/** The argument words of a sweep kernel, in order, by name. `slot:` words are bytes between threads' partial sums. */
export function sweepArguments(spec: SweepSpec): string[] {
  const { rule, direction } = spec;
  const { sums } = formulasOf(spec);
  const words = ["byRows", "descending", ...Object.keys(rule.params).map((key) => `param:${key}`)];
  if (spec.update) words.push(...["pre", "post", ...Object.keys(rule.signals)].map((key) => `vector:${key}`));
  for (const trace of rule.traces) words.push(`from:${trace}`, `to:${trace}`, `adjoint:${trace}`);
  if (spec.read) words.push("x", direction === "forward" ? "z" : "dz", "slot:z");
  for (const sum of sums) words.push(`sum:${sum.of}`, `slot:${sum.of}`);
  return words;
}
export const sumOfReadInput = `sum:${readInput}`;
