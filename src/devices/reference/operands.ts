import type { Rate } from "../../formulas/index.js";
import type { ParamRate } from "../../rules/definition.js";
import type { Rule } from "../../rules/rule.js";

/** What x @ W takes: a name that no rule can have. */
export const inputOperand = "x(read)";

/** What a name in a rule's formula stands for: a trace, a parameter, or a vector of one update or read. */
export interface Operand {
  readonly name: string;
  readonly kind: "trace" | "param" | "vector";
  readonly rows: number;
  readonly cols: number;
  /** Element (b, i, j) of the connection reads position b * strideB + i * strideI + j * strideJ. */
  readonly strideB: number;
  readonly strideI: number;
  readonly strideJ: number;
}

/** Everything the formulas of a rule may name, for a batch of B connections from N to M neurons. */
export function operandsOf(rule: Rule, B: number, N: number, M: number): Operand[] {
  const operand = (
    name: string,
    kind: Operand["kind"],
    rows: number,
    cols: number,
    strides: Strides,
  ): Operand => {
    const [strideB, strideI, strideJ] = strides;
    return { name, kind, rows, cols, strideB, strideI, strideJ };
  };
  const param: Record<ParamRate, [number, number, Strides]> = {
    layer: [1, 1, [0, 0, 0]],
    pre: [1, N, [0, 1, 0]],
    post: [1, M, [0, 0, 1]],
    connection: [N, M, [0, M, 1]],
  };
  const vector: Record<Exclude<Rate, "layer" | "connection">, [number, number, Strides]> = {
    episode: [B, 1, [1, 0, 0]],
    pre: [B, N, [N, 1, 0]],
    post: [B, M, [M, 0, 1]],
  };
  const reads = Object.values(rule.reads).map(({ vectors }) => vectors);
  const vectors = Object.assign({}, rule.vectors, rule.weightVectors, ...reads, { [inputOperand]: "pre" });
  return [
    ...rule.traces.map((name) => operand(name, "trace", B * N, M, [N * M, M, 1])),
    ...Object.entries(rule.params).map(([name, { per }]) => operand(name, "param", ...param[per])),
    ...Object.entries<Rate>(vectors).map(([name, rate]) =>
      operand(name, "vector", ...vector[rate as keyof typeof vector]),
    ),
  ];
}

type Strides = readonly [number, number, number];
