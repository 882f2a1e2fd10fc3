/** What the outputs of a map need to know of their whole row before any of them: sums and largest values over its columns. */
import { keyOf, name, namesIn } from "../../formulas/index.js";
import type { Reduction } from "../device.js";
import type { Pass } from "../passes/pass.js";
import { type Code, get, seq, set } from "./code.js";
import { Expressions, Scope } from "./expression.js";
import { splat, type VectorMath } from "./math.js";
import type { FunctionBuilder, Local } from "./module.js";
import { loadIn, type Places } from "./plainRows.js";
import * as vector from "./vector.js";

/** Neighbours that need nothing of each other: one walk over the columns finds them all. */
function stagesOf(reductions: readonly Reduction[]): Reduction[][] {
  const stages: Reduction[][] = [];
  for (const reduction of reductions) {
    const names = namesIn(reduction.formula);
    const latest = stages.at(-1);
    if (latest && !latest.some((each) => names.has(each.name))) latest.push(reduction);
    else stages.push([reduction]);
  }
  return stages;
}

/** How each kind begins, takes the next vector, and is told in all lanes. `mask`: of the lanes that count. */
const kinds: Readonly<
  Record<
    Reduction["how"],
    {
      readonly start: number;
      readonly next: (total: Code, value: Code, mask: Code | null) => Code;
      readonly end: (total: Local, lanes: number) => Code;
    }
  >
> = {
  sum: {
    start: 0,
    next: (total, value, mask) => vector.add(total, mask ? vector.and(value, mask) : value),
    end: (total) => vector.splat(vector.sum(total)),
  },
  max: {
    start: Number.NEGATIVE_INFINITY,
    next: (total, value, mask) =>
      vector.pmax(total, mask ? vector.select(mask, value, splat(Number.NEGATIVE_INFINITY)) : value),
    end: (total, lanes) =>
      Array.from({ length: lanes }, (_, lane) => vector.splat(vector.extract(lane, get(total)))).reduce(
        (a, b) => vector.pmax(a, b),
      ),
  },
};

/**
 * The code that finds a pass's reductions of the row at hand, and the scope that knows them. `walk` goes over the row's columns:
 * it is given what to do with a vector of them, with the mask of those that count.
 */
export function reduceRow(
  f: FunctionBuilder,
  math: VectorMath,
  pass: Pick<Pass, "inputs" | "reductions">,
  places: Places,
  layer: Scope,
  walk: (atVector: (mask: Code | null) => Code) => Code,
): { readonly code: Code; readonly row: Scope } {
  const { inputs, reductions = [] } = pass;
  const expressions = new Expressions(f, math, { inputs, reductions, lets: [] }, (input) =>
    loadIn(places, input, 0),
  );
  const code: Code[] = [];
  let pre = new Scope();
  for (const stage of stagesOf(reductions)) {
    const totals = stage.map(() => f.local("vector"));
    const turn = walk((mask) => {
      const connection = new Scope();
      const at = { layer, episode: layer, pre, post: connection, connection };
      stage.forEach(({ how, formula }, k) => {
        const value = expressions.value(formula, at);
        connection.run(set(totals[k]!, kinds[how].next(get(totals[k]!), value, mask)));
      });
      return connection.code;
    });
    const begin = stage.map(({ how }, k) => set(totals[k]!, splat(kinds[how].start)));
    code.push(pre.code, ...begin, turn);
    pre = new Scope(pre);
    stage.forEach(({ name: key, how }, k) => {
      pre.add(keyOf(name(key)), f.local("vector"), kinds[how].end(totals[k]!, f.target.lanes), key);
    });
  }
  return { code: seq(...code), row: pre };
}
