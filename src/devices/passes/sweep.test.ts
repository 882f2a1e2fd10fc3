import { describe, expect, it } from "vitest";
import { testedRules } from "../../../test/rules.js";
import { compileFormula, type Formula, namesIn } from "../../formulas/index.js";
import { decayingHebb, oja, type Rule } from "../../rules/index.js";
import { random } from "../../tasks/index.js";
import { readInput, readVector, renewed } from "./forward.js";
import { adjointOfRead } from "./reads.js";
import { deferred, incoming, type SweepKind, sweepPass } from "./sweep.js";

const backward = (rule: Rule, part: Partial<SweepKind> = {}) =>
  sweepPass(rule, {
    ...{ pre: 3, post: 4, direction: "backward", update: true, read: true, inverted: false, flush: false },
    ...{ reads: Object.keys(rule.reads), wanted: Object.keys(rule.params), ...part },
  });
const evaluated = (formula: Formula, values: Readonly<Record<string, number>>): number => {
  const names = [...namesIn(formula)];
  return compileFormula(formula, names)(names.map((name) => values[name]!));
};

describe.each(testedRules.map((rule) => [rule.name, rule] as const))("the pass of %s", (_, rule) => {
  const rng = random(3, "values", 0);
  const reads: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
    read: { x: "pre", ...rule.weightVectors },
    ...Object.fromEntries(Object.entries(rule.reads).map(([key, { vectors }]) => [key, vectors])),
  };
  const names = [
    ...Object.keys(rule.vectors),
    ...Object.keys(rule.params),
    ...rule.traces,
    ...rule.traces.map(incoming),
    ...Object.entries(reads).flatMap(([key, vectors]) => [
      adjointOfRead(key),
      ...Object.keys(vectors).map((vector) => readVector(vector, key)),
    ]),
  ];
  const values = Object.fromEntries(names.map((name) => [name, rng.uniform() * 0.5 + 0.1]));
  const { lets, rowSums, columnSums = [], outputs } = backward(rule);
  const sums = outputs.filter(({ how }) => how === "sum");
  /**
   * What a connection contributes to the loss, G, dz and the vectors of the reads given: the sum of G * next, and of
   * dz * (what is summed, of the next traces) for each read.
   */
  const contribution = (at: Readonly<Record<string, number>>): number => {
    const after = { ...at };
    for (const trace of rule.traces) after[trace] = evaluated(rule.update[trace]!, at);
    const kept = rule.traces.reduce((sum, trace) => sum + at[incoming(trace)]! * after[trace]!, 0);
    const sent = Object.entries(reads).map(([key, vectors]) => {
      const own = Object.keys(vectors).map((vector) => [vector, at[readVector(vector, key)]!] as const);
      const of = { ...after, ...Object.fromEntries(own) };
      const sum = key === "read" ? of.x! * evaluated(rule.weight, of) : evaluated(rule.reads[key]!.sum, of);
      return at[adjointOfRead(key)]! * sum;
    });
    return sent.reduce((sum, each) => sum + each, kept);
  };
  const slope = (name: string): number => {
    const step = 1e-6;
    const at = (by: number) => contribution({ ...values, [name]: values[name]! + by });
    return (at(step) - at(-step)) / (2 * step);
  };
  const all = { ...values };
  for (const { name, formula } of lets) all[name] = evaluated(formula, all);

  it("adds to every sum the slope of what a connection contributes", () => {
    for (const { at, formula, terms } of sums) {
      const of = at.slice("sum:".length);
      expect(evaluated(formula, all), of).toBeCloseTo(slope(of), 6);
      if (terms.length === 0) continue;
      // Of a single connection, the sums that terms share are their formulas.
      const shared = (called: string) =>
        [...rowSums, ...columnSums].find(({ name }) => name === called)!.formula;
      const total = terms.reduce(
        (sum, { factor, sum: called }) => sum + evaluated(factor, all) * evaluated(shared(called), all),
        0,
      );
      expect(total, of).toBeCloseTo(slope(of), 6);
    }
    const found = sums.map(({ to }) => to);
    for (const key of Object.keys(rule.params)) {
      if (Math.abs(slope(key)) > 1e-9 && !deferred(rule).includes(key)) expect(found).toContain(`d ${key}`);
    }
  });

  it("hands the slope of each trace to the step before", () => {
    for (const trace of rule.traces) {
      const { formula } = outputs.find(({ to }) => to === incoming(trace))!;
      expect(evaluated(formula, all), trace).toBeCloseTo(slope(trace), 6);
    }
  });
});

it("inverts the update of a trace that decays", () => {
  const { lets, inputs } = backward(decayingHebb, { inverted: true });
  const before = { H: 0.3, eta: 0.1, pre: 0.5, post: -0.7 };
  const after = evaluated(decayingHebb.update.H!, before);
  const { H: _, ...known } = before;
  expect(evaluated(lets[0]!.formula, { ...known, [renewed("H")]: after })).toBeCloseTo(0.3, 12);
  expect(inputs.find(({ at }) => at === "from:H")).toMatchObject({ name: renewed("H") });
});

it("does not invert what is no decay", () => {
  expect(() => backward(oja, { inverted: true })).toThrow("the update of oja cannot be inverted");
});

it("has nothing to add to what nobody wants", () => {
  const { outputs } = backward(oja, { wanted: [] });
  const sums = outputs.filter(({ how }) => how === "sum");
  expect(sums.map(({ to }) => to)).toEqual([readInput, "pre", "post"].map((of) => `d ${of}`));
});
