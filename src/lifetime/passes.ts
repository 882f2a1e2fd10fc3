/** What the operations of a life compute: rules as they are written, not regrouped, so that bits follow from the equations. */
import { inputsOf, learning, passInput, sending, storing } from "../devices/passes/forward.js";
import type { Pass } from "../devices/passes/pass.js";
import { call, type Formula, number, name as value } from "../formulas/index.js";
import type { Connection, MapOperation } from "../models/index.js";

/** The share of its distance from where it began that a trace keeps: a name that no formula can have. */
export const kept = "kept(fading)";
export const effectiveWeights = "weights(effective)";

type Sized = Pick<Connection, "rule" | "pre" | "post">;

/** What the plain schedule needs of a pass. */
type Body = Pick<Pass, "axes" | "inputs" | "lets" | "outputs">;
const axesOf = ({ pre, post }: Sized) => ({ episode: 1, pre, post });

/** z = x @ W; `adds` to what z is. */
export const readPass = (connection: Sized, adds = false): Body => ({
  axes: axesOf(connection),
  inputs: inputsOf(connection.rule, { update: false, read: true }),
  lets: [],
  outputs: [{ ...sending(connection.rule.weight), adds }],
});

/** Every trace after one update; `fades`: only so much of its distance from where it began is kept. */
export function updatePass(connection: Sized, fades: boolean): Body {
  const { rule } = connection;
  const next = (trace: string): Formula => {
    const start = number(rule.initial[trace]!);
    const learned = rule.update[trace]!;
    const share = (of: Formula) => call("mul", value(kept), of);
    if (!fades) return learned;
    return start.value === 0 ? share(learned) : call("add", start, share(call("sub", learned, start)));
  };
  return {
    axes: axesOf(connection),
    inputs: [...inputsOf(rule, { update: true, read: false }), passInput(kept, kept, "layer")],
    ...learning(rule.traces, next, true),
  };
}

/** The effective weights as a matrix. */
export const weightsPass = (connection: Sized): Body => ({
  ...readPass(connection),
  outputs: [storing(effectiveWeights, effectiveWeights, connection.rule.weight)],
});

/** A vector is one row; `sizes`: numbers that each name has, of which one alone is the same for all elements. */
export function mapBody({ size, results }: MapOperation, sizes: Readonly<Record<string, number>>): Body {
  const isSingle = (numbers: number) => numbers === 1 && size > 1;
  return {
    axes: { episode: 1, pre: 1, post: size },
    inputs: Object.entries(sizes).map(([name, numbers]) =>
      passInput(name, name, isSingle(numbers) ? "layer" : "connection"),
    ),
    lets: [],
    outputs: results.map(({ to, formula, sum }, k) => ({
      ...storing(to, `result:${k}`, formula),
      ...(sum && ({ along: "layer", how: "sum" } as const)),
    })),
  };
}
