/** What a connection computes as it lives: its update, and what it sends on. */
import { call, type Formula, name, type Rate } from "../../formulas/index.js";
import type { Rule } from "../../rules/rule.js";
import type { Output, Pass, PassInput } from "./pass.js";

/**
 * The names used inside a pass beside the rule's own: what a read takes (x @ W is the one called "read"), and traces after the
 * update.
 */
export const readVector = (vector: string, read: string) => `${vector}(${read})`;
export const readInput = readVector("x", "read");
export const renewed = (trace: string) => `${trace}(next)`;

/** What a sweep does: the update, x @ W, and reads by the rule's names. */
export interface Halves {
  readonly update: boolean;
  readonly read: boolean;
  readonly reads?: readonly string[];
}

/** What the formulas of a rule take: its parameters, what an update is told, its traces, and what a read takes. */
export function inputsOf(rule: Rule, { update, read, reads = [] }: Halves): PassInput[] {
  const vectors = update ? Object.entries(rule.vectors) : [];
  const taken = (of: string, all: Readonly<Record<string, Rate>>) =>
    Object.entries(all).map(([key, rate]) => passInput(readVector(key, of), `read:${of}:${key}`, rate));
  return [
    ...Object.entries(rule.params).map(([key, { per }]) => passInput(key, `param:${key}`, per, false)),
    ...vectors.map(([key, rate]) => passInput(key, `vector:${key}`, rate)),
    ...rule.traces.map((trace) => passInput(trace, `from:${trace}`, "connection")),
    ...(read ? [passInput(readInput, "x", "pre"), ...taken("read", rule.weightVectors)] : []),
    ...reads.flatMap((key) => taken(key, rule.reads[key]!.vectors)),
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
