import type { ParamRate, Rule, SignalRate } from "../../rules/rule.js";

/** What a name in a rule's formula stands for: a trace, a parameter, or a vector of one update. */
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
    post: [1, M, [0, 0, 1]],
    connection: [N, M, [0, M, 1]],
  };
  const signal: Record<SignalRate, [number, number, Strides]> = {
    episode: [B, 1, [1, 0, 0]],
    post: [B, M, [M, 0, 1]],
  };
  return [
    ...rule.traces.map((name) => operand(name, "trace", B * N, M, [N * M, M, 1])),
    ...Object.entries(rule.params).map(([name, { per }]) => operand(name, "param", ...param[per])),
    ...Object.entries(rule.signals).map(([name, rate]) => operand(name, "vector", ...signal[rate])),
    operand("pre", "vector", B, N, [N, 1, 0]),
    operand("post", "vector", B, M, [M, 0, 1]),
  ];
}

type Strides = readonly [number, number, number];
