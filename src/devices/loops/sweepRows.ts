/** A block of rows of a sweep: turns over its columns, what is left over behind them, and the sums over a row. */
import type { SumTerm } from "../passes/pass.js";
import { type Code, forRange, get, nothing, seq, set } from "./code.js";
import { Scope, type Scopes } from "./expression.js";
import * as f32 from "./f32.js";
import * as f64 from "./f64.js";
import * as i32 from "./i32.js";
import { splat } from "./math.js";
import type { Local } from "./module.js";
import { SweepCells, type Workshop } from "./sweepCells.js";
import { vectorBytes } from "./target.js";
import * as vector from "./vector.js";

/** How much of a sweep's matrices a kernel takes at once: rows of a block, vectors of a turn of the inner loop. */
export interface Block {
  readonly rows: number;
  readonly width: number;
}

/** How the columns of a row are divided: vectors of a turn, turns, bytes of a turn; vectors and lanes that are left over. */
export function turnsOver(columns: number, wanted: number, lanes: number) {
  const vectors = Math.floor(columns / lanes);
  const most = Math.max(1, Math.min(wanted, vectors));
  // About as many as wanted, such that none is left over.
  const even = [0, 1, -1, 2, -2, 3, -3, 4]
    .map((more) => most + more)
    .find((width) => 2 * width >= most && width <= 2 * most && vectors % width === 0);
  const width = even ?? most;
  const turns = Math.floor(vectors / width);
  return {
    width,
    turns,
    bytes: vectorBytes({ lanes }) * width,
    left: vectors - turns * width,
    tail: columns % lanes,
  };
}

export class SweepRows {
  private readonly cells: SweepCells;
  readonly turns;

  /** `numbers`: running sums over everything, by the place of the output. */
  constructor(
    private readonly shop: Workshop,
    width: number,
    private readonly numbers: ReadonlyMap<string, Local>,
  ) {
    const { f, pass } = shop;
    this.cells = new SweepCells(shop);
    this.turns = turnsOver(pass.axes.post!, width, f.target.lanes);
  }

  /**
   * One block of `count` rows, starting at row r: every vector of columns, then the sums over columns. `upwards`: the last
   * row first.
   */
  block(count: number, upwards = false): Code {
    const { f, pass, places } = this.shop;
    const { lanes } = f.target;
    const rows = Array.from({ length: count }, () => new Scope());
    const order = upwards ? [...rows.keys()].reverse() : [...rows.keys()];
    const rowSums = new Map(pass.rowSums.map(({ name }) => [name, rows.map(() => f.local("vector"))]));
    places.streams.clear();
    // Several vectors a turn share what moving the pointers costs; those that do not fill a turn follow behind the loop.
    const { width, turns, bytes, left, tail } = this.turns;
    const columns = (lanes: number, which: number, looping: boolean) =>
      this.cells.vectorOf(rows, order, { lanes, which, looping }, rowSums);
    const inTurn = Array.from({ length: width }, (_, v) => columns(lanes, v, true));
    const main = turns > 0 ? seq(...inTurn) : nothing;
    const behind = Array.from({ length: left }, (_, v) => columns(lanes, v, false));
    const rest = seq(...behind, tail > 0 ? columns(tail, left, false) : nothing);
    const streams = [...places.streams];
    const counter = f.local("i32");
    const ends = rows.map((row, k) => this.endOfRow(row, k, rowSums));
    // Where streams go on that many bytes from the row's start.
    const place = (from: Code) => [
      set(places.place, i32.add(i32.mul(get(places.r), i32.const(places.rowBytes)), from)),
      ...streams.map(([key, { pointer, base, along }]) =>
        set(pointer, i32.add(get(base), along === "connection" ? get(places.place) : from), key),
      ),
    ];
    const advance = streams.map(([, { pointer }]) => set(pointer, i32.add(get(pointer), get(places.stride))));
    // On the way back columns run from last to first too: processors fetch ahead what is read in one direction.
    return seq(
      ...rows.map((row) => row.code),
      ...[...rowSums].flatMap(([name, locals]) => locals.map((local) => set(local, splat(0), name))),
      ...place(get(places.begin)),
      forRange(counter, i32.const(0), i32.const(turns), 1, seq(main, ...advance)),
      ...(left > 0 || tail > 0 ? place(i32.const(turns * bytes)) : []),
      rest,
      ...ends,
    );
  }

  /** What a row's sums make: a number of this row, or a part of one for the whole layer. */
  private endOfRow(row: Scope, k: number, rowSums: ReadonlyMap<string, readonly Local[]>): Code {
    const { f, pass, places, layer, episode, expressions } = this.shop;
    const at: Scopes = { layer, episode, pre: row, post: row, connection: row };
    places.here = { row: k, vector: 0 };
    const totals = new Map<string, Code>();
    const names = [...rowSums.keys()];
    const summing: Code[] = [];
    while (names.length > 0) {
      // Two sums at once cost little more than one.
      const pair = names.splice(0, 2);
      const both = f.local("vector");
      const [first, second = first] = pair.map((name) => rowSums.get(name)![k]!) as [Local, Local?];
      summing.push(set(both, vector.sums(first, second), pair.join(", ")));
      pair.forEach((name, lane) => {
        totals.set(name, vector.extract(lane, get(both)));
      });
    }
    const value = (terms: readonly SumTerm[]): Code =>
      terms
        .map(({ factor, sum }) => f32.mul(vector.extract(0, expressions.value(factor, at)), totals.get(sum)!))
        .reduce((total, term) => f32.add(total, term));
    return seq(
      ...summing,
      ...pass.outputs
        .filter(({ terms, along }) => terms.length > 0 && along !== "post")
        .map((output) => {
          const number = this.numbers.get(output.at);
          if (number) {
            return set(number, f64.add(get(number), f64.fromF32(value(output.terms))), output.at);
          }
          const place = places.rowAt(output);
          const sum = value(output.terms);
          return f32.store(place, output.adds ? f32.add(f32.load(place, 4 * k), sum) : sum, 4 * k);
        }),
    );
  }
}
