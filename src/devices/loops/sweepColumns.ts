/** What is made of the sums over an episode's rows that several outputs share, once all rows are through. */
import type { Output } from "../passes/pass.js";
import { type Code, forRange, get, nothing, seq, set } from "./code.js";
import { Scope, type Scopes } from "./expression.js";
import * as i32 from "./i32.js";
import type { Workshop } from "./sweepCells.js";
import { columnSum } from "./sweepPlaces.js";
import { vectorBytes } from "./target.js";
import * as vector from "./vector.js";

/** Adds what their terms say to the outputs that share column sums; nothing where there are none. */
export function endOfColumns(shop: Workshop): Code {
  const { f, pass, places } = shop;
  const outputs = pass.outputs.filter(({ along, terms }) => along === "post" && terms.length > 0);
  if (outputs.length === 0) return nothing;
  const { lanes } = f.target;
  const post = pass.axes.post!;
  const [turns, tail] = [Math.floor(post / lanes), post % lanes];
  places.streams.clear();
  places.here = { row: 0, vector: 0 };
  const main = turns > 0 ? columnsOf(shop, outputs, lanes) : nothing;
  const rest = tail > 0 ? columnsOf(shop, outputs, tail) : nothing;
  const streams = [...places.streams];
  const step = i32.const(vectorBytes({ lanes }));
  const advance = streams.map(([, { pointer }]) => set(pointer, i32.add(get(pointer), step)));
  return seq(
    ...streams.map(([key, { pointer, base }]) => set(pointer, get(base), key)),
    forRange(f.local("i32"), i32.const(0), i32.const(turns), 1, seq(main, ...advance)),
    rest,
  );
}

/** One vector of columns, or so many lanes of one. */
function columnsOf(shop: Workshop, outputs: readonly Output[], lanes: number): Code {
  const { f, pass, places, expressions, arithmetic, layer, episode } = shop;
  const column = new Scope();
  const at: Scopes = { layer, episode, pre: column, post: column, connection: column };
  const mask = lanes < f.target.lanes ? vector.mask(lanes) : null;
  const loaded = (from: Output) => {
    const local = f.local("vector");
    column.run(set(local, vector.load(...places.vectorAt(from)), from.at));
    return local;
  };
  const sums = new Map((pass.columnSums ?? []).map((sum) => [sum.name, loaded(columnSum(sum))]));
  for (const output of outputs) {
    const local = loaded(output);
    for (const { factor, sum } of output.terms) {
      const code = arithmetic.madd(expressions.value(factor, at), get(sums.get(sum)!), get(local));
      column.run(set(local, mask ? vector.and(code, mask) : code, output.at));
    }
    const [pointer, offset] = places.vectorAt(output);
    column.run(vector.store(pointer, get(local), offset));
  }
  return column.code;
}
