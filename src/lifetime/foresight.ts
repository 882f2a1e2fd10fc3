import type { Connection, StepProgram } from "../models/index.js";
import type { Engine } from "./engine.js";
import { traceKey } from "./moment.js";
import {
  anything,
  either,
  type Range,
  type Ranges,
  rangeOf,
  rangeOfFormula,
  sumOf,
  sumOfProducts,
  sumOfRanges,
} from "./range.js";

/** Those of a life that has not learned yet, by `traceKey`. */
export function initialRanges({ architecture }: Engine): Ranges {
  return new Map(
    architecture.connections.flatMap(({ name, rule }) =>
      rule.traces.map((trace) => [traceKey(name, trace), rangeOf([rule.initial[trace]!])] as const),
    ),
  );
}

/**
 * The ranges of all traces after a step that learns, foretold from those of its inputs and states (`given`) and of the
 * traces before: the program, computed with ranges in place of numbers. `anything` where a trace might become too large,
 * which does not mean that it will.
 */
export function foretold(
  { architecture, tensors }: Engine,
  { operations }: StepProgram,
  given: Ranges,
  traces: Ranges,
  fades: boolean,
): Ranges {
  const values = new Map(given);
  const after = new Map(traces);
  const value = (name: string): Range => values.get(name) ?? anything;
  const tensor = (name: string | undefined): Range => tensors.get(name ?? "") ?? anything;
  const connection = (name: string): Connection =>
    architecture.connections.find((each) => each.name === name)!;
  /** What a name of a rule may be: a trace, what the update is told, or a parameter. */
  const named =
    ({ name: called, parameters }: Connection, vectors: Readonly<Record<string, string>>) =>
    (name: string): Range =>
      after.get(traceKey(called, name)) ??
      (Object.hasOwn(vectors, name) ? value(vectors[name]!) : tensor(parameters[name]));

  for (const operation of operations) {
    switch (operation.op) {
      case "read": {
        const found = connection(operation.connection);
        const weight = rangeOfFormula(found.rule.weight, named(found, operation.vectors ?? {}));
        values.set(operation.to, sumOfProducts(found.pre, value(operation.from), weight));
        break;
      }
      case "readNamed": {
        const found = connection(operation.connection);
        const { per, sum } = found.rule.reads[operation.read]!;
        const each = rangeOfFormula(sum, named(found, operation.vectors));
        values.set(operation.to, sumOf(per === "post" ? found.pre : found.post, each));
        break;
      }
      case "product": {
        const count = architecture.sizes.get(operation.from)!;
        values.set(operation.to, sumOfProducts(count, value(operation.from), tensor(operation.weight)));
        break;
      }
      case "convolve": {
        const { kernelHeight, kernelWidth, channels } = operation.shape;
        const count = kernelHeight * kernelWidth * channels;
        const sum = sumOfProducts(count, value(operation.from), tensor(operation.weight));
        values.set(operation.to, sumOfRanges(tensor(operation.bias), sum));
        break;
      }
      case "map": {
        const { size, results, parameters } = operation;
        const of = (name: string): Range =>
          Object.hasOwn(operation.values, name) ? value(operation.values[name]!) : tensor(parameters[name]);
        for (const { to, formula, sum } of results) {
          const each = rangeOfFormula(formula, of);
          values.set(to, sum ? sumOf(size, each) : each);
        }
        break;
      }
      case "update": {
        const found = connection(operation.connection);
        const { name, rule } = found;
        const next = rule.traces.map((trace) => {
          const learned = rangeOfFormula(rule.update[trace]!, named(found, operation.vectors));
          return fades ? either(rangeOf([rule.initial[trace]!]), learned) : learned;
        });
        for (const [t, trace] of rule.traces.entries()) after.set(traceKey(name, trace), next[t]!);
        break;
      }
    }
  }
  return after;
}
