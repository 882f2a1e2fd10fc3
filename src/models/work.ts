import type { Formula, FunctionName } from "../formulas/index.js";
import type { Rule } from "../rules/rule.js";
import { type Architecture, type Operation, placesOf } from "./architecture.js";

/** How many times as long as a sum a function takes, roughly; all others are as fast. */
const COSTS: Partial<Record<FunctionName, number>> = {
  div: 4,
  sqrt: 4,
  exp: 16,
  log: 16,
  tanh: 16,
  sigmoid: 16,
};

/** Numbers, names and calls of a formula. */
export const nodesOf = (formula: Formula): number =>
  1 + (formula.kind === "call" ? formula.args.reduce((sum, arg) => sum + nodesOf(arg), 0) : 0);

const costOf = (formula: Formula): number =>
  formula.kind === "call" ? formula.args.reduce((sum, arg) => sum + costOf(arg), COSTS[formula.fn] ?? 1) : 1;

type Connections = ReadonlyMap<string, Architecture["connections"][number]>;
const total = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((sum, item) => sum + of(item), 0);
const updatesOf = (rule: Rule): Formula[] => rule.traces.map((trace) => rule.update[trace]!);

/** The formulas that an operation computes, each of which becomes code. */
export function operationFormulas(operation: Operation, connections: Connections): readonly Formula[] {
  if (operation.op === "map") return operation.results.map(({ formula }) => formula);
  if (operation.op === "read") return [connections.get(operation.connection)!.rule.weight];
  if (operation.op === "readNamed")
    return [connections.get(operation.connection)!.rule.reads[operation.read]!.sum];
  if (operation.op === "update") return updatesOf(connections.get(operation.connection)!.rule);
  return [];
}

/** Elementary operations on numbers that an operation takes in a step of one life, roughly; `sizes` are those of the values. */
export function workOf(
  operation: Operation,
  connections: Connections,
  sizes: ReadonlyMap<string, number>,
): number {
  // What a formula reads and writes is work too.
  const formulas = total(operationFormulas(operation, connections), (formula) => costOf(formula) + 1);
  switch (operation.op) {
    case "read":
    case "readNamed":
    case "update": {
      const { pre, post } = connections.get(operation.connection)!;
      return pre * post * formulas;
    }
    case "product":
      return 2 * sizes.get(operation.from)! * sizes.get(operation.to)!;
    case "convolve": {
      const { kernelHeight, kernelWidth, channels, filters } = operation.shape;
      const { down, across } = placesOf(operation.shape);
      // Filters are computed four at a time.
      return 2 * down * across * kernelHeight * kernelWidth * channels * (filters + 3);
    }
    case "map":
      return operation.size * formulas;
  }
}
