/** What a connection computes as it lives: its update, and what it sends on. */
import { call, type Formula, name, substitute } from "../../formulas/index.js";
import { type Rule, rateOfName } from "../../rules/rule.js";
import type { Input, Output, Pass } from "./pass.js";

/** The names used inside a pass beside the rule's own: what a read takes, and traces after the update. */
export const readInput = "x(read)";
export const renewed = (trace: string) => `${trace}(next)`;

export interface ForwardKind {
  /** Presynaptic and postsynaptic neurons of the connection. */
  readonly pre: number;
  readonly post: number;
  /** Every trace takes its next value; then z += x @ W. */
  readonly update: boolean;
  readonly read: boolean;
  /** Sets tiny traces to zero. Decay is slow, so this need not be done at every step. */
  readonly flush: boolean;
}

/** What the formulas of a rule take: its parameters, what an update is told, its traces, and what a read takes. */
export function inputsOf(
  rule: Rule,
  { update, read }: Pick<ForwardKind, "update" | "read">,
  traces: readonly string[] = rule.traces,
): Input[] {
  const vectors = update ? ["pre", "post", ...Object.keys(rule.signals)] : [];
  return [
    ...Object.entries(rule.params).map(([key, { per }]) => input(key, `param:${key}`, per, false)),
    ...vectors.map((key) => input(key, `vector:${key}`, rateOfName(rule, key))),
    ...rule.traces.map((trace, t) => input(traces[t]!, `from:${trace}`, "connection")),
    ...(read ? [input(readInput, "x", "pre")] : []),
  ];
}
export const input = (name: string, at: string, along: Input["along"], own = true): Input => ({
  ...{ name, at, along, own },
});

/** Writes a value for each connection. */
export const storing = (to: string, at: string, formula: Formula): Output => ({
  ...{ to, at, formula, along: "connection", own: true, how: "store", adds: false, terms: [] },
});

/** The weight after the update, if there is one. */
export const weightAfter = ({ weight, traces }: Rule, update: boolean): Formula =>
  update
    ? substitute(weight, Object.fromEntries(traces.map((trace) => [trace, name(renewed(trace))])))
    : weight;

/** `tidy`: how formulas are regrouped; as they are written, if it is not said. */
export function forwardPass(
  rule: Rule,
  kind: ForwardKind,
  tidy = (formula: Formula): Formula => formula,
): Pass {
  const { pre, post, update, read, flush } = kind;
  const learning = update ? rule.traces : [];
  const sent: Output = {
    ...{ to: "z", at: "z", along: "post", own: true, how: "sum", adds: false, terms: [] },
    formula: call("mul", name(readInput), tidy(weightAfter(rule, update))),
  };
  return {
    label: `sweep ${rule.name} ${pre}x${post} forward${update && read ? "" : update ? " update" : " read"}${flush ? " flushing" : ""}`,
    axes: { episode: null, pre, post },
    inputs: inputsOf(rule, kind),
    lets: learning.map((trace) => ({
      ...{ name: renewed(trace), formula: tidy(rule.update[trace]!), renews: trace, flush },
    })),
    rowSums: [],
    outputs: [
      ...learning.map((trace) => storing(trace, `to:${trace}`, name(renewed(trace)))),
      ...(read ? [sent] : []),
    ],
  };
}
