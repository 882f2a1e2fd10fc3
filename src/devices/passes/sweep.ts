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
  substitute,
} from "../../formulas/index.js";
import { linearDecay } from "../../rules/linearDecay.js";
import { type Rule, rateOfName } from "../../rules/rule.js";
import { inputsOf, learning, passInput, readInput, renewed, sending, storing } from "./forward.js";
import type { Let, Output, Pass } from "./pass.js";
import { RowSums } from "./rowSums.js";

/** What a sweep is asked for. */
export interface SweepKind {
  /** Presynaptic and postsynaptic neurons of the connection. */
  readonly pre: number;
  readonly post: number;
  readonly direction: "forward" | "backward";
  /** Every trace takes its next value; then z += x @ W. */
  readonly update: boolean;
  readonly read: boolean;
  /** Sets tiny traces and adjoints to zero. */
  readonly flush: boolean;
  /** Parameters whose gradients are computed (backward). */
  readonly wanted: readonly string[];
  /** Backward: the trace before the update is recovered from the one after, instead of being read. */
  readonly inverted: boolean;
}

/** More names used inside a pass: the adjoint of what was read, and those of traces before and after a connection's share. */
export const readAdjoint = "dz(read)";
export const incoming = (trace: string) => `G(${trace})`;
export const complete = (trace: string) => `A(${trace})`;

const product = (...factors: Formula[]): Formula => factors.reduce((a, b) => apply("mul", a, b));
const total = (terms: Formula[]): Formula => terms.reduce((a, b) => apply("add", a, b), number(0) as Formula);
const isZero = (formula: Formula) => formula.kind === "number" && formula.value === 0;

/**
 * The pass of a sweep forward, H <- F(H), z_j += x_i W(H)_ij; or of the way back through one: with G = dL/dF(H) from later
 * steps,
 *   A = G + x_i dz_j dW/dH;  dx_i += W_ij dz_j;  d(param) += x_i dz_j dW/d(param) + A dF/d(param);
 *   d(pre)_i, d(post)_j, d(signal) += A dF/d(...);  G <- A dF/dH.
 *
 * @throws Error if it is to be inverted and the rule's update is no linear decay
 */
export function sweepPass(rule: Rule, kind: SweepKind): Pass {
  const rate = (key: string): Rate => {
    if (key === readInput) return "pre";
    if (key === readAdjoint) return "post";
    if (key.includes("(")) return "connection";
    return rateOfName(rule, key);
  };
  const tidy = (formula: Formula) => hoist(simplify(formula), rate);
  const { pre, post, direction } = kind;
  return {
    label: labelOf(rule, kind),
    axes: { episode: null, pre, post },
    ...(direction === "forward" ? forward(rule, kind, tidy) : backward(rule, kind, rate, tidy)),
  };
}

/** "sweep oja 100x100 backward": what a profile shows. */
function labelOf({ name }: Rule, { pre, post, direction, update, read, inverted, flush }: SweepKind): string {
  const halves = update && read ? "" : update ? " update" : " read";
  return `sweep ${name} ${pre}x${post} ${direction}${halves}${inverted ? " inverted" : ""}${flush ? " flushing" : ""}`;
}

type Tidy = (formula: Formula) => Formula;
type Body = Omit<Pass, "label" | "axes">;

/** The weight after the update, if there is one. */
const weightAfter = ({ weight, traces }: Rule, update: boolean): Formula =>
  update
    ? substitute(weight, Object.fromEntries(traces.map((trace) => [trace, name(renewed(trace))])))
    : weight;

function forward(rule: Rule, kind: SweepKind, tidy: Tidy): Body {
  const { update, read, flush } = kind;
  const traces = update ? rule.traces : [];
  const { lets, outputs } = learning(traces, (trace) => tidy(rule.update[trace]!), flush);
  const sent = read ? [sending(tidy(weightAfter(rule, update)))] : [];
  return { inputs: inputsOf(rule, kind), lets, rowSums: [], outputs: [...outputs, ...sent] };
}

function backward(rule: Rule, kind: SweepKind, rate: (key: string) => Rate, tidy: Tidy): Body {
  const { update, read, inverted, wanted, flush } = kind;
  const { traces } = rule;
  /** A trace as the read found it. */
  const after = (trace: string) => (update ? renewed(trace) : trace);
  const weight = weightAfter(rule, update);
  const outer = product(name(readInput), name(readAdjoint));
  const throughRead = (key: string): Formula => (read ? product(outer, derive(weight, key)) : number(0));
  const throughUpdate = (key: string): Formula =>
    update
      ? total(traces.map((trace) => product(name(complete(trace)), derive(rule.update[trace]!, key))))
      : number(0);

  const rowSums = new RowSums(rate);
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
  if (read) add(readInput, "pre", product(weight, name(readAdjoint)));
  for (const key of wanted) {
    if (deferred(rule).includes(key)) continue;
    add(key, rule.params[key]!.per, apply("add", throughRead(key), throughUpdate(key)));
  }
  for (const key of ["pre", "post", ...Object.keys(rule.signals)]) add(key, rate(key), throughUpdate(key));

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
    const formula = tidy(apply("add", name(incoming(trace)), throughRead(after(trace))));
    return { name: complete(trace), formula, about: "dL / d new trace" };
  });
  const outgoing = traces.map((trace): Output => {
    const formula = tidy(update ? throughUpdate(trace) : name(complete(trace)));
    const stored = storing(incoming(trace), `adjoint:${trace}`, formula);
    return { ...stored, flush, about: "handed to the step before" };
  });
  return {
    inputs: [
      ...inputsOf(rule, kind).map((each) =>
        inverse && each.name === traces[0] ? { ...each, name: renewed(each.name) } : each,
      ),
      ...traces.map((trace) => passInput(incoming(trace), `adjoint:${trace}`, "connection")),
      ...(read ? [passInput(readAdjoint, "dz", "post")] : []),
    ],
    lets: [...found, ...adjoints],
    rowSums: rowSums.sums,
    outputs: [
      ...(inverse ? [storing(traces[0]!, `to:${traces[0]!}`, name(traces[0]!))] : []),
      ...sums,
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
    const inUpdate = Object.values(rule.update).some((formula) => namesIn(formula).has(key));
    return (
      rule.params[key]!.per === "connection" && slope.kind === "number" && slope.value === 1 && !inUpdate
    );
  });
}

export const sumOfReadInput = `sum:${readInput}`;
