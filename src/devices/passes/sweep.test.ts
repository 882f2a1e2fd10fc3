import { describe, expect, it } from "vitest";
import { testedRules } from "../../../test/rules.js";
import { compileFormula, type Formula, namesIn } from "../../formulas/index.js";
import { decayingHebb, linearDecay, oja } from "../../rules/index.js";
import { random } from "../../tasks/index.js";
import { deferred, formulasOf, incoming, readAdjoint, readInput, renewed, type SweepSpec } from "./sweep.js";

const specOf = (rule: SweepSpec["rule"], part: Partial<SweepSpec> = {}): SweepSpec => ({
  ...{ rule, pre: 3, post: 4, direction: "backward", update: true, read: true, inverse: null, flush: false },
  ...{ wanted: Object.keys(rule.params), rows: 1, width: 1, ...part },
});
const evaluated = (formula: Formula, values: Readonly<Record<string, number>>): number => {
  const names = [...namesIn(formula)];
  return compileFormula(formula, names)(names.map((name) => values[name]!));
};

describe.each(testedRules.map((rule) => [rule.name, rule] as const))("the pass of %s", (_, rule) => {
  const rng = random(3, "values", 0);
  const names = ["pre", "post", ...Object.keys(rule.signals), ...Object.keys(rule.params), ...rule.traces];
  const values: Record<string, number> = Object.fromEntries(names.map((name) => [name, rng.uniform() * 0.5]));
  for (const name of [readInput, readAdjoint, ...rule.traces.map(incoming)])
    values[name] = rng.uniform() - 0.5;
  const { sums, rowSums, next, adjoint, outgoing } = formulasOf(specOf(rule));
  /** G, dz and x given, what a connection contributes to the loss: sum of G * next + x * weight(next) * dz. */
  const contribution = (at: Readonly<Record<string, number>>): number => {
    const after = { ...at };
    for (const trace of rule.traces) after[trace] = evaluated(rule.update[trace]!, at);
    const kept = rule.traces.reduce((sum, trace) => sum + at[incoming(trace)]! * after[trace]!, 0);
    return kept + at[readInput]! * at[readAdjoint]! * evaluated(rule.weight, after);
  };
  const slope = (name: string): number => {
    const step = 1e-6;
    const at = (by: number) => contribution({ ...values, [name]: values[name]! + by });
    return (at(step) - at(-step)) / (2 * step);
  };
  const all = { ...values };
  for (const trace of rule.traces) all[renewed(trace)] = evaluated(next[trace]!, values);
  for (const trace of rule.traces) all[`A(${trace})`] = evaluated(adjoint[trace]!, all);

  it("adds to every sum the slope of what a connection contributes", () => {
    for (const { of, formula, terms } of sums) {
      expect(evaluated(formula, all), of).toBeCloseTo(slope(of), 6);
      if (terms.length === 0) continue;
      // Of a single column, the sums that terms share are their formulas.
      const total = terms.reduce(
        (sum, { factor, sum: key }) => sum + evaluated(factor, all) * evaluated(rowSums.get(key)!, all),
        0,
      );
      expect(total, of).toBeCloseTo(slope(of), 6);
    }
    const found = sums.map(({ of }) => of);
    for (const key of Object.keys(rule.params)) {
      if (Math.abs(slope(key)) > 1e-9 && !deferred(rule).includes(key)) expect(found).toContain(key);
    }
  });

  it("hands the slope of each trace to the step before", () => {
    for (const trace of rule.traces)
      expect(evaluated(outgoing[trace]!, all), trace).toBeCloseTo(slope(trace), 6);
  });
});

it("inverts the update of a trace that decays", () => {
  const { previous, next } = formulasOf(specOf(decayingHebb, { inverse: linearDecay(decayingHebb) }));
  const before = { H: 0.3, eta: 0.1, pre: 0.5, post: -0.7 };
  const after = evaluated(next.H!, before);
  expect(evaluated(previous!, { ...before, [renewed("H")]: after })).toBeCloseTo(0.3, 12);
});

it("has nothing to add to what nobody wants", () => {
  const { sums } = formulasOf(specOf(oja, { wanted: [] }));
  expect(sums.map(({ of }) => of)).toEqual([readInput, "pre", "post"]);
});
