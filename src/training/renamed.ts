import type { Operation, StepProgram } from "../models/index.js";

/** A program with other names for its values. */
export function renamed(
  { operations, next, output, given }: StepProgram,
  name: (name: string) => string,
): StepProgram {
  const all = (values: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(values).map(([key, value]) => [key, name(value)]));
  const rename = (operation: Operation): Operation => {
    switch (operation.op) {
      case "read":
        return {
          ...{ ...operation, from: name(operation.from), to: name(operation.to) },
          ...(operation.vectors && { vectors: all(operation.vectors) }),
        };
      case "readNamed":
        return { ...operation, vectors: all(operation.vectors), to: name(operation.to) };
      case "product":
      case "convolve":
        return { ...operation, from: name(operation.from), to: name(operation.to) };
      case "update":
        return { ...operation, vectors: all(operation.vectors) };
      case "map": {
        const results = operation.results.map((result) => ({ ...result, to: name(result.to) }));
        return { ...operation, values: all(operation.values), results };
      }
    }
  };
  return { given, operations: operations.map(rename), next: all(next), output: name(output) };
}
