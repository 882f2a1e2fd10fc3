/**
 * The schedule of a sweep: a pass over the rows and columns of a connection, for one episode after the other, or for a thread's
 * share of the rows of one. A block of rows is taken at once, each vector of columns is loaded once for all rows of the block.
 * Rows, columns and strides are constants of the kernel. See docs/design.md, "The fused pass, for any rule".
 */
import type { Output, Pass } from "../passes/pass.js";
import { type Code, forRange, get, memoryFill, nothing, seq, set, when } from "./code.js";
import { Expressions, Scope } from "./expression.js";
import * as f32 from "./f32.js";
import * as f64 from "./f64.js";
import * as i32 from "./i32.js";
import { arithmeticOf, VectorMath } from "./math.js";
import { type FunctionBuilder, KernelModule, type Local } from "./module.js";
import type { Workshop } from "./sweepCells.js";
import { endOfColumns } from "./sweepColumns.js";
import { columnSum, SweepPlaces } from "./sweepPlaces.js";
import { type Block, SweepRows } from "./sweepRows.js";
import type { Target } from "./target.js";

/** The kernel `sweep`. `from`, `to` count rows where `byRows` is 1 (one episode), else episodes. */
export function scheduleSweep(pass: Pass, target: Target, block: Block): KernelModule<"sweep"> {
  const module = new KernelModule<"sweep">(target);
  const f = module.kernel("sweep", pass.label);
  f.body = new SweepEmitter(f, new VectorMath(module, arithmeticOf(target)), pass, block).body();
  return module;
}

class SweepEmitter {
  private readonly places: SweepPlaces;
  private readonly shop: Workshop;
  private readonly rows: SweepRows;
  /** Running sums over everything: layer constants for the whole call, episode signals for one episode. */
  private readonly numbers: ReadonlyMap<string, Local>;

  constructor(
    private readonly f: FunctionBuilder,
    math: VectorMath,
    private readonly pass: Pass,
    private readonly shape: Block,
  ) {
    const places = new SweepPlaces(f, pass);
    this.places = places;
    const expressions = new Expressions(f, math, pass, (input) => places.load(input));
    const { arithmetic } = math;
    this.shop = { f, pass, places, expressions, arithmetic, layer: new Scope(), episode: new Scope() };
    this.numbers = new Map(
      [...this.sumsOver("layer"), ...this.sumsOver("episode")].map(({ at }) => [at, f.local("f64")]),
    );
    this.rows = new SweepRows(this.shop, shape.width, this.numbers);
  }

  body(): Code {
    const { pass, places, f } = this;
    const [, from, to] = f.params as [Local, Local, Local];
    const { pre } = pass.axes as { readonly pre: number };
    const [firstRow, lastRow, firstEpisode, lastEpisode] = f.locals("i32", 4);
    const rows = this.allRows(firstRow, lastRow);
    const columns = endOfColumns(this.shop);
    const { turns, bytes } = this.rows.turns;
    const clearPartialSums = this.clearPartialSums();
    const [ofLayer, ofEpisode] = [this.sumsOver("layer"), this.sumsOver("episode")];
    const sum = (output: Output) => this.numbers.get(output.at)!;
    const addToSlot = (output: Output) => {
      const address = places.inSlot(places.word(output.at), output);
      return f64.store(address, f64.add(f64.load(address), get(sum(output))));
    };
    const zero = (output: Output) => set(sum(output), f64.const(0));
    // Everything that asks for one has been emitted by now.
    const bases = [...places.bases].map(([key, { local, code }]) => set(local, code, key));
    return seq(
      set(places.stride, i32.const(bytes)),
      when(
        places.word("descending"),
        seq(set(places.begin, i32.const((turns - 1) * bytes)), set(places.stride, i32.const(-bytes))),
      ),
      when(
        places.word("byRows"),
        seq(set(lastEpisode, i32.const(1)), set(firstRow, get(from)), set(lastRow, get(to))),
        seq(set(firstEpisode, get(from)), set(lastEpisode, get(to)), set(lastRow, i32.const(pre))),
      ),
      ...ofLayer.map(zero),
      this.shop.layer.code,
      forRange(
        places.b,
        get(firstEpisode),
        get(lastEpisode),
        1,
        seq(
          ...bases,
          clearPartialSums,
          ...ofEpisode.map(zero),
          this.shop.episode.code,
          rows,
          columns,
          ...ofEpisode.map((output) => {
            const place = places.inEpisode(output);
            return when(
              places.word("byRows"),
              addToSlot(output),
              f32.store(place, f32.add(f32.load(place), f32.fromF64(get(sum(output))))),
            );
          }),
        ),
      ),
      ...ofLayer.map(addToSlot),
    );
  }

  /**
   * To and fro: what the last sweep touched last is still in the cache when this one begins there. On the way back a sum over
   * rows has exactly the opposite order, whatever the size of a block: products can have it too.
   */
  private allRows(firstRow: Local, lastRow: Local): Code {
    const { f, places, shape } = this;
    const descending = places.word("descending");
    const block = this.sumsAfresh
      ? when(descending, this.rows.block(shape.rows, true), this.rows.block(shape.rows))
      : this.rows.block(shape.rows);
    const single = shape.rows > 1 ? this.rows.block(1) : null;
    const [blocks, parts, saved, k] = f.locals("i32", 4);
    const counter = f.local("i32");
    const size = i32.const(shape.rows);
    const at = (row: Code, part: Code) => seq(set(places.r, i32.add(get(firstRow), row)), part);
    return seq(
      set(blocks, i32.divU(i32.sub(get(lastRow), get(firstRow)), size)),
      // Parts are the blocks, then the rows that fill none; a block saves all its rows but one.
      set(saved, i32.mul(get(blocks), i32.const(shape.rows - 1))),
      set(parts, i32.sub(i32.sub(get(lastRow), get(firstRow)), get(saved))),
      forRange(
        counter,
        i32.const(0),
        get(parts),
        1,
        seq(
          set(k, get(counter)),
          when(descending, set(k, i32.sub(i32.sub(get(parts), i32.const(1)), get(k)))),
          single
            ? when(
                i32.lt(get(k), get(blocks)),
                at(i32.mul(get(k), size), block),
                at(i32.add(get(saved), get(k)), single),
              )
            : at(get(k), block),
        ),
      ),
    );
  }

  /** Sums that start anew are zero at first; so are, where threads share an episode, each thread's sums over the rows. */
  private clearPartialSums(): Code {
    const { places, pass } = this;
    const clear = (output: Output) =>
      memoryFill(get(places.base(output)), i32.const(0), i32.const(places.rowBytes));
    const ofEpisode = this.sumsOver("post").filter(({ own }) => own);
    const afresh = ofEpisode.filter(({ adds }) => !adds);
    const shared = ofEpisode.filter(({ adds }) => adds);
    return seq(
      ...[...afresh, ...(pass.columnSums ?? []).map(columnSum)].map(clear),
      shared.length > 0 ? when(places.word("byRows"), seq(...shared.map(clear))) : nothing,
    );
  }

  /** True for sums over several rows at once, whose order others may want to have too. */
  private get sumsAfresh(): boolean {
    return this.shape.rows > 1 && this.sumsOver("post").some(({ adds }) => !adds);
  }

  private sumsOver(along: Output["along"]): Output[] {
    return this.pass.outputs.filter((output) => output.how === "sum" && output.along === along);
  }
}
