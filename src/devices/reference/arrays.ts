/** How formulas of a rule meet the arrays of a sweep: which numbers go by which names. */
import type { Buffer, NamedRead, Sweep, SweepAdjoint } from "../device.js";
import { matrixOf } from "./matrix.js";
import { inputOperand, type Operand } from "./operands.js";

/** What x @ W is called among the reads. */
export const MAIN = "read";

/** Numbers by name: the values of operands, or their adjoints. */
export type Arrays = Readonly<Record<string, Float64Array>>;

/** A formula of the rule with its partial derivative in every operand it names. */
export interface Equation {
  readonly value: (values: readonly number[]) => number;
  readonly partials: readonly {
    readonly of: Operand;
    readonly value: (values: readonly number[]) => number;
  }[];
}

/** The arrays of operands out of buffers by name; with "partly", of those that are there. */
export function arrays(
  where: string,
  operands: readonly Operand[],
  buffers: Readonly<Record<string, Buffer>>,
  missing: "refused" | "partly",
): Arrays {
  const found: Record<string, Float64Array> = {};
  for (const { name, rows, cols } of operands) {
    if (missing === "partly" && !buffers[name]) continue;
    found[name] = matrixOf(`${where}: ${name === inputOperand ? "x" : name}`, rows, cols, buffers[name]).data;
  }
  return found;
}

/** All reads of a sweep by name, x @ W among them; and what the way back has of each. */
export const everyRead = ({ read, reads }: Sweep): Readonly<Record<string, NamedRead>> => ({
  ...(read && { [MAIN]: { out: read.out, vectors: { ...read.vectors, [inputOperand]: read.x } } }),
  ...reads,
});
export const everyAdjoint = ({ out, x, vectors, reads }: SweepAdjoint) => ({
  [MAIN]: { out, vectors: { ...vectors, ...(x && { [inputOperand]: x }) } },
  ...reads,
});

export const positionIn = (operand: Operand, b: number, i: number, j: number): number =>
  b * operand.strideB + i * operand.strideI + j * operand.strideJ;

/** Adds d * (partial derivative) to the adjoint of every operand of the equation that has one. */
export function adder(equation: Equation, grads: Arrays) {
  const wanted = equation.partials.flatMap(({ of, value }) => {
    const grad = grads[of.name];
    return grad ? [{ of, value, grad }] : [];
  });
  return (values: readonly number[], d: number, b: number, i: number, j: number): void => {
    for (const { of, value, grad } of wanted) grad[positionIn(of, b, i, j)]! += d * value(values);
  };
}
