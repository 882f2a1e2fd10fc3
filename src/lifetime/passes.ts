/** What the operations of a life compute: rules as they are written, not regrouped, so that bits follow from the equations. */
import { inputsOf, learning, passInput, sending, storing } from "../devices/passes/forward.js";
import type { Pass } from "../devices/passes/pass.js";
import { asRead } from "../devices/passes/reads.js";
import { call, type Formula, number, name as value } from "../formulas/index.js";
import type { Connection, MapOperation } from "../models/index.js";

/** The share of its distance from where it began that a trace keeps: a name that no formula can have. */
export const kept = "kept(fading)";
export const effectiveWeights = "weights(effective)";

type Sized = Pick<Connection, "rule" | "pre" | "post">;

/** What the plain schedule needs of a pass. */
type Body = Pick<Pass, "axes" | "inputs" | "lets" | "outputs">;
const axesOf = ({ pre, post }: Sized) => ({ episode: 1, pre, post });

/** The effective weight, over what a read takes. */
const weightOf = ({ rule }: Sized): Formula => asRead(rule, rule.weight, "read", rule.weightVectors, false);

/** z = x @ W; `adds` to what z is. */
export const readPass = (connection: Sized, adds = false): Body => ({
  axes: axesOf(connection),
  inputs: inputsOf(connection.rule, { update: false, read: true }),
  lets: [],
  outputs: [{ ...sending(weightOf(connection)), adds }],
});

/** A sum that the rule names. */
export function namedPass(connection: Sized, read: string): Body {
  const { rule } = connection;
  const { per, sum, vectors } = rule.reads[read]!;
  const named = `z:${read}`;
  return {
    axes: axesOf(connection),
    inputs: inputsOf(rule, { update: false, read: false, reads: [read] }),
    lets: [],
    outputs: [
      {
        ...{ to: named, at: named, along: per, own: true, how: "sum", adds: false, terms: [] },
        formula: asRead(rule, sum, read, vectors, false),
      },
    ],
  };
}

/** Every trace after one update; `fades`: only so much of its distance from where it began is kept. */
export function updatePass(connection: Sized, fades: boolean): Body {
  const { rule } = connection;
  const next = (trace: string): Formula =>
    fades ? faded(rule.update[trace]!, rule.initial[trace]!) : rule.update[trace]!;
  return {
    axes: axesOf(connection),
    inputs: [...inputsOf(rule, { update: true, read: false }), passInput(kept, kept, "layer")],
    ...learning(rule.traces, next, true),
  };
}

/** The share `kept` of the distance of what was learned from where it began. */
function faded(learned: Formula, start: number): Formula {
  const share = (of: Formula) => call("mul", value(kept), of);
  return start === 0
    ? share(learned)
    : call("add", number(start), share(call("sub", learned, number(start))));
}

/** A trace of `size` neurons, of which that share is kept. */
export const fadingPass = (size: number, start: number): Body => ({
  axes: { episode: 1, pre: 1, post: size },
  inputs: [passInput("trace", "trace", "connection"), passInput(kept, kept, "layer")],
  lets: [],
  outputs: [storing("trace", "trace", faded(value("trace"), start))],
});

/** The effective weights as a matrix. */
export const weightsPass = (connection: Sized): Body => ({
  ...readPass(connection),
  outputs: [storing(effectiveWeights, effectiveWeights, weightOf(connection))],
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
