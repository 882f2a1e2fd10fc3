import {
  type Code,
  forRange,
  get,
  increment,
  memoryFill,
  nothing,
  seq,
  set,
  whileLoop,
} from "../devices/loops/code.js";
import { Expressions, Scope, type Scopes, type Source } from "../devices/loops/expression.js";
import * as i32 from "../devices/loops/i32.js";
import { splat, type VectorMath } from "../devices/loops/math.js";
import type { FunctionBuilder, Local } from "../devices/loops/module.js";
import * as vector from "../devices/loops/vector.js";
import { wasmStride } from "../devices/wasm/layout.js";
import { call as apply, type Formula, name, number, type Rate } from "../formulas/index.js";
import type { Connection } from "../models/index.js";
import { nonplastic } from "../rules/none.js";
import { rateOfName } from "../rules/rule.js";
import type { Layout, Place } from "./layout.js";

/** Adding and taking away this number turns what is below about 1e-32 into zero: subnormal numbers are slow. */
const FLUSHING = 2 ** -84;
/** Names that no formula can have. */
const INPUT = "x(read)";
const KEPT = "kept(fading)";
const RESULT = "result(of the sweep)";

/** Where a formula's names are found in memory. */
interface Names {
  readonly connection: Connection;
  /** pre, post, signals, and what the connection reads. */
  readonly vectors: Readonly<Record<string, Place>>;
  /** The share of a trace that is left after a step. */
  readonly kept?: Local;
}

/** What is done at one vector of columns of one row; `k` counts the rows of a block. */
type CellEmitter = (at: Scopes, k: number, isLast: boolean) => void;

/** Loops over the connections of one layer, from its formulas. All code is for one life, and the room of its step. */
export class Sweeps {
  readonly #r: Local;
  /** The row of the block that code is being made for. */
  #here = 0;
  readonly #streams = new Map<string, { readonly pointer: Local; readonly start: Code }>();

  constructor(
    private readonly f: FunctionBuilder,
    private readonly math: VectorMath,
    private readonly layout: Layout,
    private readonly starts: { readonly life: Local; readonly room: Local },
  ) {
    this.#r = f.local("i32");
  }

  /** to = from @ W. Rows are added from the first to the last, whatever else happens. */
  read(connection: Connection, from: Place, to: Place): Code {
    const clear = memoryFill(this.#inRoom(to), i32.const(0), i32.const(to.stride));
    const names = { connection, vectors: { [INPUT]: from } };
    const weight = apply("mul", name(INPUT), connection.rule.weight);
    let sum: Local;
    const loops = this.#loops(names, 4, (value) => (at, k, isLast) => {
      const place = this.#stream(RESULT, this.#inRoom(to));
      if (k === 0) {
        sum = this.f.local("vector");
        at.connection.run(set(sum, vector.load(place)));
      }
      const code = value(weight, at);
      at.connection.run(set(sum, vector.add(get(sum), code)));
      if (isLast) at.connection.run(vector.store(place, get(sum)));
    });
    return seq(clear, loops);
  }

  /** to = from @ weight: as if by connections that never change. */
  product(weight: string, from: Place, to: Place): Code {
    const parameters = { w: weight };
    return this.read({ name: weight, rule: nonplastic, pre: from.cols, post: to.cols, parameters }, from, to);
  }

  /** Every trace after one update; with `kept`, that share of its distance from where it began. */
  update(connection: Connection, vectors: Readonly<Record<string, Place>>, kept?: Local): Code {
    const { rule } = connection;
    const fading = (trace: string): Formula => {
      const start = number(rule.initial[trace]!);
      const learned = rule.update[trace]!;
      if (!kept) return learned;
      if (start.value === 0) return apply("mul", name(KEPT), learned);
      return apply("add", start, apply("mul", name(KEPT), apply("sub", learned, start)));
    };
    const next = rule.traces.map(fading);
    return this.#loops({ connection, vectors, kept }, 2, (value) => (at) => {
      const learned = next.map((formula) => value(formula, at));
      rule.traces.forEach((trace, t) => {
        const flushed = vector.sub(vector.add(learned[t]!, splat(FLUSHING)), splat(FLUSHING));
        const start = this.#inLife(this.#trace(connection, trace));
        const row = this.#stream(trace, i32.add(start, this.#rowOffset(connection)));
        at.connection.run(vector.store(row, flushed, this.#offset(connection)));
      });
    });
  }

  /** Writes the effective weights to the model's room for them. */
  weights(connection: Connection): Code {
    const weight = connection.rule.weight;
    return this.#loops({ connection, vectors: {} }, 1, (value) => (at) => {
      const code = value(weight, at);
      const row = i32.add(i32.const(this.layout.weights), this.#rowOffset(connection));
      at.connection.run(vector.store(this.#stream(RESULT, row), code));
    });
  }

  #loops(
    names: Names,
    block: number,
    cellOf: (value: (formula: Formula, at: Scopes) => Code) => CellEmitter,
  ): Code {
    const { pre } = names.connection;
    const layer = new Scope();
    const expressions = new Expressions(this.f, this.math, this.#sources(names));
    const cell = cellOf((formula, at) => expressions.value(formula, at));
    const blocks = pre - (pre % block);
    const many = blocks > 0 ? this.#block(names.connection, layer, block, cell) : nothing;
    const single = pre > blocks ? this.#block(names.connection, layer, 1, cell) : nothing;
    return seq(
      layer.code,
      forRange(this.#r, i32.const(0), i32.const(blocks), block, many),
      whileLoop(i32.lt(get(this.#r), i32.const(pre)), seq(single, increment(this.#r, 1))),
    );
  }

  #block({ post }: Connection, layer: Scope, count: number, cell: CellEmitter): Code {
    this.#streams.clear();
    const rows = Array.from({ length: count }, () => new Scope());
    const cells = rows.map(() => new Scope());
    const columns = new Scope();
    rows.forEach((row, k) => {
      this.#here = k;
      const at = { layer, episode: layer, pre: row, post: columns, connection: cells[k]! };
      cell(at, k, k === count - 1);
    });
    const streams = [...this.#streams.values()];
    const advance = streams.map(({ pointer }) => increment(pointer, 16));
    return seq(
      ...rows.map((row) => row.code),
      ...streams.map(({ pointer, start }) => set(pointer, start)),
      forRange(
        this.f.local("i32"),
        i32.const(0),
        i32.const(Math.ceil(post / 4)),
        1,
        seq(columns.code, ...cells.map((each) => each.code), ...advance),
      ),
    );
  }

  #sources({ connection, vectors, kept }: Names): Record<string, Source> {
    const { rule, parameters } = connection;
    /** Of a name whose numbers begin at `start`. */
    const source = (key: string, rate: Rate, start: Code): Source => {
      const one = () => vector.loadSplat(start);
      const load = {
        layer: one,
        episode: one,
        pre: () => vector.loadSplat(i32.add(start, i32.mul(get(this.#r), i32.const(4))), this.#here * 4),
        post: () => vector.load(this.#stream(key, start)),
        connection: () =>
          vector.load(
            this.#stream(key, i32.add(start, this.#rowOffset(connection))),
            this.#offset(connection),
          ),
      };
      return { rate, load: load[rate] };
    };
    const table: Record<string, Source> = {};
    for (const [key, { per }] of Object.entries(rule.params))
      table[key] = source(key, per, i32.const(this.layout.tensors.get(parameters[key]!)!.at));
    for (const trace of rule.traces)
      table[trace] = source(trace, "connection", this.#inLife(this.#trace(connection, trace)));
    for (const [key, place] of Object.entries(vectors))
      table[key] = source(key, key === INPUT ? "pre" : rateOfName(rule, key), this.#inRoom(place));
    if (kept) table[KEPT] = { rate: "layer", load: () => vector.splat(get(kept)) };
    return table;
  }

  #trace({ name: called }: Connection, trace: string): Place {
    return this.layout.life.traces.get(called)!.get(trace)!;
  }
  /** Matrices of one connection have rows of one length: how far row r is from the first, and this row from row r. */
  #rowOffset({ post }: Connection): Code {
    return i32.mul(get(this.#r), i32.const(wasmStride(post) * 4));
  }
  #offset({ post }: Connection): number {
    return this.#here * wasmStride(post) * 4;
  }
  /** The pointer into what begins at `start`, at this vector of columns; registered on first use in a block. */
  #stream(key: string, start: Code): Code {
    let stream = this.#streams.get(key);
    if (!stream) {
      stream = { pointer: this.f.local("i32"), start };
      this.#streams.set(key, stream);
    }
    return get(stream.pointer);
  }
  #inLife({ at }: Place): Code {
    return i32.add(get(this.starts.life), i32.const(at));
  }
  #inRoom({ at }: Place): Code {
    return i32.add(get(this.starts.room), i32.const(at));
  }
}
