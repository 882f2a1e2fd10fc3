/** What a connection computes as it lives: its update, and what it sends on. */
import { call, type Formula, name } from "../../formulas/index.js";
import { type Rule, rateOfName } from "../../rules/rule.js";
import type { Output, Pass, PassInput } from "./pass.js";

/** The names used inside a pass beside the rule's own: what a read takes, and traces after the update. */
export const readInput = "x(read)";
export const renewed = (trace: string) => `${trace}(next)`;

/** What the formulas of a rule take: its parameters, what an update is told, its traces, and what a read takes. */
export function inputsOf(
  rule: Rule,
  { update, read }: { readonly update: boolean; readonly read: boolean },
): PassInput[] {
  const vectors = update ? ["pre", "post", ...Object.keys(rule.signals)] : [];
  return [
    ...Object.entries(rule.params).map(([key, { per }]) => passInput(key, `param:${key}`, per, false)),
    ...vectors.map((key) => passInput(key, `vector:${key}`, rateOfName(rule, key))),
    ...rule.traces.map((trace) => passInput(trace, `from:${trace}`, "connection")),
    ...(read ? [passInput(readInput, "x", "pre")] : []),
  ];
}
export const passInput = (name: string, at: string, along: PassInput["along"], own = true): PassInput => ({
  ...{ name, at, along, own },
});

/** Writes a value for each connection. */
export const storing = (to: string, at: string, formula: Formula): Output => ({
  ...{ to, at, formula, along: "connection", own: true, how: "store", adds: false, terms: [] },
});

/** Sends x @ weight on: sums that start at zero. */
export const sending = (weight: Formula): Output => ({
  ...{ to: "z", at: "z", along: "post", own: true, how: "sum", adds: false, terms: [] },
  formula: call("mul", name(readInput), weight),
});

/** Every trace takes its next value. `flush`: tiny ones become zero; decay is slow, so this need not be done at every step. */
export const learning = (
  traces: readonly string[],
  next: (trace: string) => Formula,
  flush: boolean,
): Pick<Pass, "lets" | "outputs"> => ({
  lets: traces.map((trace) => ({ name: renewed(trace), formula: next(trace), renews: trace, flush })),
  outputs: traces.map((trace) => storing(trace, `to:${trace}`, name(renewed(trace)))),
});
