/** What a sweep computes in training: a rule's formulas and their derivatives, regrouped for the loops over rows and columns. */
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
} from "../../formulas/index.js";
import { linearDecay } from "../../rules/linearDecay.js";
import { type Rule, rateOfName } from "../../rules/rule.js";
import { inputsOf, learning, passInput, renewed, storing } from "./forward.js";
import type { Let, Output, Pass } from "./pass.js";
import { adjointOfRead, readsOf } from "./reads.js";
import { SharedSums, sharedByColumns } from "./sharedSums.js";

/** What a sweep is asked for. */
export interface SweepKind {
  /** Presynaptic and postsynaptic neurons of the connection. */
  readonly pre: number;
  readonly post: number;
  readonly direction: "forward" | "backward";
  /** Every trace takes its next value; then z = x @ W, and the sums of reads by the rule's names. */
  readonly update: boolean;
  readonly read: boolean;
  readonly reads?: readonly string[];
  /** Sets tiny traces and adjoints to zero. */
  readonly flush: boolean;
  /** Parameters whose gradients are computed (backward). */
  readonly wanted: readonly string[];
  /** Backward: the trace before the update is recovered from the one after, instead of being read. */
  readonly inverted: boolean;
}

/** More names used inside a pass: the adjoints of traces before and after a connection's share. */
export const incoming = (trace: string) => `G(${trace})`;
export const complete = (trace: string) => `A(${trace})`;

const product = (...factors: Formula[]): Formula => factors.reduce((a, b) => apply("mul", a, b));
const total = (terms: Formula[]): Formula => terms.reduce((a, b) => apply("add", a, b), number(0) as Formula);
const isZero = (formula: Formula) => formula.kind === "number" && formula.value === 0;

/**
 * The pass of a sweep forward, H <- F(H), z_j += x_i W(H)_ij; or of the way back through one: with G = dL/dF(H) from later
 * steps,
 *   A = G + x_i dz_j dW/dH, and likewise for every other sum that is read;  dx_i += W_ij dz_j;  d(param) += x_i dz_j dW/d(param) + A dF/d(param);
 *   d(pre)_i, d(post)_j, d(signal) += A dF/d(...);  G <- A dF/dH.
 *
 * @throws Error if it is to be inverted and the rule's update is no linear decay
 */
export function sweepPass(rule: Rule, kind: SweepKind): Pass {
  const rate = ratesOf(rule, kind);
  const tidy = (formula: Formula) => hoist(simplify(formula), rate);
  const { pre, post, direction } = kind;
  return {
    label: labelOf(rule, kind),
    axes: { episode: null, pre, post },
    ...(direction === "forward" ? forward(rule, kind, rate, tidy) : backward(rule, kind, rate, tidy)),
  };
}

/** The rate of every name inside a pass. */
function ratesOf(rule: Rule, kind: SweepKind): (key: string) => Rate {
  const known = new Map<string, Rate>();
  for (const { name, per, vectors } of readsOf(rule, kind)) {
    known.set(adjointOfRead(name), per);
    for (const [vector, along] of Object.entries(vectors)) known.set(vector, along);
  }
  for (const trace of rule.traces)
    for (const made of [renewed, incoming, complete]) known.set(made(trace), "connection");
  return (key) => known.get(key) ?? rateOfName(rule, key);
}

/** "sweep oja 100x100 backward": what a profile shows. */
function labelOf(rule: Rule, kind: SweepKind): string {
  const { pre, post, direction, update, read, reads = [], inverted, flush } = kind;
  const parts = [
    ...(update && !read && reads.length === 0 ? ["update"] : []),
    ...(!update && read ? ["read"] : []),
    ...reads,
    ...(inverted ? ["inverted"] : []),
    ...(flush ? ["flushing"] : []),
  ];
  return [`sweep ${rule.name} ${pre}x${post} ${direction}`, ...parts].join(" ");
}

type Tidy = (formula: Formula) => Formula;
type Body = Omit<Pass, "label" | "axes">;

function forward(rule: Rule, kind: SweepKind, rate: (key: string) => Rate, tidy: Tidy): Body {
  const rowSums = SharedSums.ofRows(rate);
  const traces = kind.update ? rule.traces : [];
  const { lets, outputs } = learning(traces, (trace) => tidy(rule.update[trace]!), kind.flush);
  const sums = readsOf(rule, kind).map(({ to, per, formula }): Output => {
    // The input of x @ W stays the factor of it all: one product with each weight.
    const factor = to === "z" ? tidyFactor(formula, tidy) : tidy(formula);
    const terms = per === "pre" ? rowSums.add(formula) : [];
    return { ...{ to, at: to, along: per, own: true, how: "sum", adds: false, terms }, formula: factor };
  });
  return { inputs: inputsOf(rule, kind), lets, rowSums: rowSums.sums, outputs: [...outputs, ...sums] };
}

/** A product, its second factor tidied. */
const tidyFactor = (formula: Formula, tidy: Tidy): Formula =>
  formula.kind === "call" ? apply(formula.fn, formula.args[0]!, tidy(formula.args[1]!)) : formula;

function backward(rule: Rule, kind: SweepKind, rate: (key: string) => Rate, tidy: Tidy): Body {
  const { update, inverted, wanted, flush } = kind;
  const { traces } = rule;
  const reads = readsOf(rule, kind);
  /** A trace as the reads found it. */
  const after = (trace: string) => (update ? renewed(trace) : trace);
  const throughReads = (key: string): Formula => total(reads.map(({ slope }) => slope(key)));
  const throughUpdate = (key: string): Formula =>
    update
      ? total(traces.map((trace) => product(name(complete(trace)), derive(rule.update[trace]!, key))))
      : number(0);

  const rowSums = SharedSums.ofRows(rate);
  const sums: Output[] = [];
  const add = (of: string, along: Rate, formula: Formula) => {
    const tidied = tidy(formula);
    if (isZero(tidied)) return;
    const terms = along === "post" || along === "connection" ? [] : rowSums.add(formula);
    const own = !(of in rule.params);
    sums.push({
      ...{ to: `d ${of}`, at: `sum:${of}`, along, own, formula: tidied, how: "sum", adds: true, terms },
    });
  };
  for (const { vectors, slope } of reads)
    for (const [key, along] of Object.entries(vectors)) add(key, along, slope(key));
  for (const key of wanted) {
    if (deferred(rule).includes(key)) continue;
    add(key, rule.params[key]!.per, apply("add", throughReads(key), throughUpdate(key)));
  }
  if (update) for (const [key, along] of Object.entries(rule.vectors)) add(key, along, throughUpdate(key));

  const inverse = inverted ? previousOf(rule) : null;
  const found: Let[] = inverse
    ? [
        {
          ...{ name: traces[0]!, formula: tidy(inverse), renews: renewed(traces[0]!) },
          about: "the trace before, from the one after",
        },
      ]
    : (update ? traces : []).map((trace) => ({
        ...{ name: renewed(trace), formula: tidy(rule.update[trace]!), renews: trace },
        about: "computed again",
      }));
  const adjoints = traces.map((trace): Let => {
    const formula = tidy(apply("add", name(incoming(trace)), throughReads(after(trace))));
    return { name: complete(trace), formula, about: "dL / d new trace" };
  });
  const outgoing = traces.map((trace): Output => {
    const formula = tidy(update ? throughUpdate(trace) : name(complete(trace)));
    const stored = storing(incoming(trace), `adjoint:${trace}`, formula);
    return { ...stored, flush, about: "handed to the step before" };
  });
  const shared = sharedByColumns(sums, rate);
  return {
    inputs: [
      ...inputsOf(rule, kind).map((each) =>
        inverse && each.name === traces[0] ? { ...each, name: renewed(each.name) } : each,
      ),
      ...traces.map((trace) => passInput(incoming(trace), `adjoint:${trace}`, "connection")),
      ...reads.map((read) => passInput(adjointOfRead(read.name), read.adjointAt, read.per)),
    ],
    lets: [...found, ...adjoints],
    rowSums: rowSums.sums,
    columnSums: shared.columnSums,
    outputs: [
      ...(inverse ? [storing(traces[0]!, `to:${traces[0]!}`, name(traces[0]!))] : []),
      ...shared.outputs,
      ...outgoing,
    ],
  };
}

/** H from F(H) = factor * H + rest. */
function previousOf(rule: Rule): Formula {
  const decay = linearDecay(rule);
  if (!decay) throw new Error(`the update of ${rule.name} cannot be inverted: it is no linear decay`);
  const kept = apply("sub", name(renewed(rule.traces[0]!)), decay.rest);
  return apply("mul", kept, apply("div", number(1), decay.factor));
}

/** Connection parameters whose gradient is the sum of x_i dz_j alone: one matrix product at the end of the episode. */
export function deferred(rule: Rule): string[] {
  return Object.keys(rule.params).filter((key) => {
    const slope = derive(rule.weight, key);
    const others = [...Object.values(rule.update), ...Object.values(rule.reads).map(({ sum }) => sum)];
    const isElsewhere = others.some((formula) => namesIn(formula).has(key));
    return (
      rule.params[key]!.per === "connection" && slope.kind === "number" && slope.value === 1 && !isElsewhere
    );
  });
}
