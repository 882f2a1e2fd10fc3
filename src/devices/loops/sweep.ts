/**
 * The fused passes over a plastic connection, generated from a rule's formulas.
 *
 * Forward: brings every trace from H to F(H), stores it, and adds x_i * W_ij to z_j. Backward, for the same pass: with
 * G = dL/dF(H) from later steps,
 *   A = G + x_i dz_j dW/dH;  dx_i += W_ij dz_j;  d(param) += x_i dz_j dW/d(param) + A dF/d(param);
 *   d(pre)_i, d(post)_j, d(signal) += A dF/d(...);  G <- A dF/dH.
 * The pass covers a block of rows at once, each vector of columns is loaded once for all rows of the block.
 * Rows, columns and strides are constants of the kernel. See docs/design.md, "The fused pass, for any rule".
 */
import { call as apply, type Formula, keyOf, name, namesIn, type Rate } from "../../formulas/index.js";
import type { RowTerm } from "../passes/rowSums.js";
import {
  complete,
  formulasOf,
  incoming,
  readAdjoint,
  readInput,
  renewed,
  type SweepSpec,
  sweepArguments,
} from "../passes/sweep.js";
import { type Code, forRange, get, memoryFill, nothing, separator, seq, set, when, word } from "./code.js";
import { Expressions, Scope, type Scopes, type Source } from "./expression.js";
import * as f32 from "./f32.js";
import * as f64 from "./f64.js";
import * as i32 from "./i32.js";
import { type Arithmetic, arithmeticOf, splat, VectorMath } from "./math.js";
import { type FunctionBuilder, KernelModule, type Local } from "./module.js";
import { strideOf, type Target, vectorBytes } from "./target.js";
import * as vector from "./vector.js";

/** Adding and taking away this number sets what is smaller than 1e-32 to zero and leaves the rest: no subnormals. */
const flushing = 2 ** -84;

/** Emits the kernel `sweep`. `from`, `to` count rows where `byRows` is 1 (one episode), else episodes. */
export function emitSweep(spec: SweepSpec, target: Target): KernelModule<"sweep"> {
  const module = new KernelModule<"sweep">(target);
  new SweepEmitter(spec, module).emit();
  return module;
}

/** Something whose columns the sweep walks through: a matrix row by row, or one row again and again. */
interface Stream {
  readonly pointer: Local;
  /** Where it begins in this episode. */
  readonly base: Local;
  readonly of: "matrix" | "row";
}

/** "sweep oja 100x100 backward": what a profile shows. */
function labelOf({ rule, pre, post, direction, update, read, inverse, flush }: SweepSpec): string {
  const halves = update && read ? "" : update ? " update" : " read";
  const how = `${inverse ? " inverted" : ""}${flush ? " flushing" : ""}`;
  return `sweep ${rule.name} ${pre}x${post} ${direction}${halves}${how}`;
}

class SweepEmitter {
  private readonly f: FunctionBuilder;
  private readonly formulas;
  private readonly words;
  private readonly lanes: number;
  private readonly arithmetic: Arithmetic;
  private readonly vectorBytes: number;
  private readonly rowBytes: number;
  /** Bytes of one row of a [batch, 1] buffer. */
  private readonly signalStride: number;
  private readonly matrixBytes: number;
  private readonly expressions: Expressions;
  private readonly streams = new Map<string, Stream>();
  private readonly layer = new Scope();
  private readonly episode = new Scope();
  private readonly b: Local;
  private readonly r: Local;
  private readonly thread: Local;
  /** Bytes from a row's start to the first turn of its loop, and from one turn to the next. */
  private readonly begin: Local;
  private readonly stride: Local;
  /** Bytes from a matrix's start to the place in the row at hand. */
  private readonly place: Local;
  /** Where things begin in the episode at hand, computed once an episode. */
  private readonly bases = new Map<string, { readonly local: Local; readonly code: Code }>();
  /** Running sums over everything: layer constants for the whole call, episode signals for one episode. */
  private readonly numbers = new Map<string, Local>();

  constructor(
    private readonly spec: SweepSpec,
    module: KernelModule,
  ) {
    this.lanes = module.target.lanes;
    this.arithmetic = arithmeticOf(module.target);
    this.f = module.kernel("sweep", labelOf(spec));
    this.formulas = formulasOf(spec);
    this.words = sweepArguments(spec);
    this.rowBytes = this.strideBytes(spec.post);
    this.signalStride = this.strideBytes(1);
    this.vectorBytes = vectorBytes(module.target);
    this.matrixBytes = spec.pre * this.rowBytes;
    this.thread = this.f.params[3]!;
    this.b = this.f.local("i32");
    this.r = this.f.local("i32");
    this.begin = this.f.local("i32");
    this.stride = this.f.local("i32");
    this.place = this.f.local("i32");
    this.expressions = new Expressions(this.f, new VectorMath(module, this.arithmetic), this.sources());
    for (const { of, rate } of this.formulas.sums) {
      if (rate === "layer" || rate === "episode") {
        this.numbers.set(of, this.f.local("f64"));
      }
    }
  }

  emit(): void {
    const { spec, f } = this;
    const [, from, to] = f.params as [Local, Local, Local];
    const [firstRow, lastRow, firstEpisode, lastEpisode] = f.locals("i32", 4);
    const block = this.reads
      ? when(this.word("descending"), this.block(spec.rows, true), this.block(spec.rows))
      : this.block(spec.rows);
    const single = spec.rows > 1 ? this.block(1) : null;
    const numbers = [...this.numbers].map(([of, sum]) => ({ of, sum, rate: this.rate(of) }));
    const ofLayer = numbers.filter((n) => n.rate === "layer");
    const ofEpisode = numbers.filter((n) => n.rate === "episode");
    const address = (of: string) =>
      i32.add(this.word(`sum:${of}`), i32.mul(get(this.thread), this.word(`slot:${of}`)));
    // To and fro: what the last sweep touched last is still in the cache when this one begins there. On the way back a sum
    // over rows has exactly the opposite order, whatever the size of a block: products can have it too.
    const [blocks, parts, saved, k] = f.locals("i32", 4);
    const descending = this.word("descending");
    const counter = f.local("i32");
    const size = i32.const(spec.rows);
    const at = (row: Code, part: Code) => seq(set(this.r, i32.add(get(firstRow), row)), part);
    const rows = seq(
      set(blocks, i32.divU(i32.sub(get(lastRow), get(firstRow)), size)),
      // Parts are the blocks, then the rows that fill none; a block saves all its rows but one.
      set(saved, i32.mul(get(blocks), i32.const(spec.rows - 1))),
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
    const { turns, bytes } = this.turn();
    const clearPartialSums = this.clearPartialSums();
    // Everything that asks for one has been emitted by now.
    const bases = [...this.bases].map(([key, { local, code }]) => set(local, code, key));
    f.body = seq(
      set(this.stride, i32.const(bytes)),
      when(
        descending,
        seq(set(this.begin, i32.const((turns - 1) * bytes)), set(this.stride, i32.const(-bytes))),
      ),
      when(
        this.word("byRows"),
        seq(set(lastEpisode, i32.const(1)), set(firstRow, get(from)), set(lastRow, get(to))),
        seq(set(firstEpisode, get(from)), set(lastEpisode, get(to)), set(lastRow, i32.const(spec.pre))),
      ),
      ...ofLayer.map((n) => set(n.sum, f64.const(0))),
      this.layer.code,
      forRange(
        this.b,
        get(firstEpisode),
        get(lastEpisode),
        1,
        seq(
          ...bases,
          clearPartialSums,
          ...ofEpisode.map((n) => set(n.sum, f64.const(0))),
          this.episode.code,
          rows,
          ...ofEpisode.map((n) => {
            const place = i32.add(
              this.word(`sum:${n.of}`),
              i32.mul(get(this.b), i32.const(this.signalStride)),
            );
            return when(
              this.word("byRows"),
              f64.store(address(n.of), f64.add(f64.load(address(n.of)), get(n.sum))),
              f32.store(place, f32.add(f32.load(place), f32.fromF64(get(n.sum)))),
            );
          }),
        ),
      ),
      ...ofLayer.map((n) => f64.store(address(n.of), f64.add(f64.load(address(n.of)), get(n.sum)))),
    );
  }

  /** z starts at zero; so do, where threads share an episode, each thread's sums over the rows. */
  private clearPartialSums(): Code {
    const clear = (word: string, slot: string) =>
      memoryFill(get(this.columnsAt(word, slot)), i32.const(0), i32.const(this.rowBytes));
    const { spec } = this;
    const shared = this.formulas.sums.filter((sum) => sum.rate === "post" && !(sum.of in spec.rule.params));
    return seq(
      spec.direction === "forward" && spec.read ? clear("z", "slot:z") : nothing,
      shared.length > 0
        ? when(this.word("byRows"), seq(...shared.map((sum) => clear(`sum:${sum.of}`, `slot:${sum.of}`))))
        : nothing,
    );
  }

  /** Vectors of a turn of the loop over columns, number of turns, bytes of a turn. */
  private turn() {
    const vectors = Math.floor(this.spec.post / this.lanes);
    const wanted = Math.max(1, Math.min(this.spec.width, vectors));
    // About as many as wanted, such that none is left over.
    const even = [0, 1, -1, 2, -2, 3, -3, 4]
      .map((more) => wanted + more)
      .find((width) => 2 * width >= wanted && width <= 2 * wanted && vectors % width === 0);
    const width = even ?? wanted;
    return { width, turns: Math.floor(vectors / width), bytes: this.vectorBytes * width };
  }

  /** True for sweeps with a sum over several rows at once, whose order others may want to have too. */
  private get reads(): boolean {
    const { direction, read, rows } = this.spec;
    return direction === "forward" && read && rows > 1;
  }

  /**
   * One block of `count` rows, starting at row r: every vector of columns, then the sums over columns. `upwards`: the last
   * row first.
   */
  private block(count: number, upwards = false): Code {
    const { spec, f } = this;
    const rows = Array.from({ length: count }, () => new Scope());
    const vectors = Math.floor(spec.post / this.lanes);
    const tail = spec.post % this.lanes;
    const rowSums = new Map(
      [...this.formulas.rowSums.keys()].map((key) => [key, rows.map(() => f.local("vector"))]),
    );
    this.streams.clear();
    // Several vectors a turn share what moving the pointers costs; those that do not fill a turn follow behind the loop.
    const { width, turns, bytes } = this.turn();
    const left = vectors - turns * width;
    const columns = (lanes: number, which: number, looping: boolean) =>
      this.columns(rows, lanes, which, looping, rowSums, upwards);
    const inTurn = Array.from({ length: width }, (_, v) => columns(this.lanes, v, true));
    const main = turns > 0 ? seq(...inTurn) : nothing;
    const behind = Array.from({ length: left }, (_, v) => columns(this.lanes, v, false));
    const rest = seq(...behind, tail > 0 ? columns(tail, left, false) : nothing);
    const streams = [...this.streams];
    const counter = f.local("i32");
    const ends = rows.map((row, k) => this.endOfRow(row, k, rowSums));
    // Where streams go on that many bytes from the row's start.
    const place = (bytes: Code) => [
      set(this.place, i32.add(i32.mul(get(this.r), i32.const(this.rowBytes)), bytes)),
      ...streams.map(([key, { pointer, base, of }]) =>
        set(pointer, i32.add(get(base), of === "matrix" ? get(this.place) : bytes), key),
      ),
    ];
    // On the way back columns run from last to first too: processors fetch ahead what is read in one direction.
    return seq(
      ...rows.map((row) => row.code),
      ...[...rowSums.values()].flatMap((locals, n) => locals.map((local) => set(local, splat(0), `S${n}`))),
      ...place(get(this.begin)),
      forRange(
        counter,
        i32.const(0),
        i32.const(turns),
        1,
        seq(main, ...streams.map(([, { pointer }]) => set(pointer, i32.add(get(pointer), get(this.stride))))),
      ),
      ...(left > 0 || tail > 0 ? place(i32.const(turns * bytes)) : []),
      rest,
      ...ends,
    );
  }

  /** Adds a row's sums to what they are the adjoint of: d(pre) of this row, or a number for the whole layer. */
  private endOfRow(row: Scope, k: number, rowSums: ReadonlyMap<string, readonly Local[]>): Code {
    const at: Scopes = { layer: this.layer, episode: this.episode, pre: row, post: row, connection: row };
    this.here = { offset: 0, along: 0, row: k };
    const totals = new Map<string, Code>();
    const keys = [...rowSums.keys()];
    const summing: Code[] = [];
    while (keys.length > 0) {
      // Two sums at once cost little more than one.
      const pair = keys.splice(0, 2);
      const both = this.f.local("vector");
      const [first, second = first] = pair.map((key) => rowSums.get(key)![k]!) as [Local, Local?];
      const n = 2 * summing.length;
      summing.push(set(both, vector.sums(first, second), pair.map((_, lane) => `S${n + lane}`).join(", ")));
      pair.forEach((key, lane) => {
        totals.set(key, vector.extract(lane, get(both)));
      });
    }
    const value = (terms: readonly RowTerm[]): Code =>
      terms
        .map(({ factor, sum }) =>
          f32.mul(vector.extract(0, this.expressions.value(factor, at)), totals.get(sum)!),
        )
        .reduce((total, term) => f32.add(total, term));
    return seq(
      ...summing,
      ...this.formulas.sums
        .filter((sum) => sum.terms.length > 0)
        .map((sum) => {
          const number = this.numbers.get(sum.of);
          const word = `sum:${sum.of}`;
          if (number) return set(number, f64.add(get(number), f64.fromF32(value(sum.terms))), word);
          const place = this.rowAt(word);
          return f32.store(place, f32.add(f32.load(place, 4 * k), value(sum.terms)), 4 * k);
        }),
    );
  }

  /**
   * A vector of columns (fewer at the end of a row: `lanes`) of all rows of a block: `which` vectors after the pointers.
   * `looping`: this is a part of a loop's body, not of what follows it.
   */
  private columns(
    rows: readonly Scope[],
    lanes: number,
    which: number,
    looping: boolean,
    rowSums: ReadonlyMap<string, readonly Local[]>,
    upwards: boolean,
  ): Code {
    const { spec, formulas, f } = this;
    const { rule } = spec;
    const post = new Scope();
    const cells: Scope[] = [];
    const columnSumsHeld = new Map<string, Local>();
    const named = (key: string) => `S${[...rowSums.keys()].indexOf(key)}`;
    const mask = lanes < this.lanes ? vector.mask(lanes) : null;
    const masked = (code: Code) => (mask ? vector.and(code, mask) : code);
    const columnSums = formulas.sums.filter((sum) => sum.rate === "post");
    const order = upwards ? [...rows.keys()].reverse() : [...rows.keys()];
    const last = order.at(-1);

    for (const k of order) {
      const row = rows[k]!;
      const cell = new Scope();
      cells.push(cell);
      const at: Scopes = { layer: this.layer, episode: this.episode, pre: row, post, connection: cell };
      this.here = {
        offset: k * this.rowBytes + this.vectorBytes * which,
        along: this.vectorBytes * which,
        row: k,
      };
      const define = (key: string, code: Code) => {
        const local = f.local("vector");
        cell.add(keyOf(name(key)), local, code, key);
        return local;
      };
      const value = (formula: Formula) => this.expressions.value(formula, at);
      const matrix = (word: string) => this.stream(word, "matrix", this.matrixAt(word));
      const add = (local: Local, formula: Formula, sum: string) => {
        const code = masked(value(formula));
        cell.run(set(local, vector.add(get(local), code), apply("add", name(sum), formula)));
      };
      /** Adds to a sum whose lanes behind the last column are zero, and stay so. */
      const accumulate = (local: Local, formula: Formula, sum: string) => {
        if (formula.kind === "call" && formula.fn === "mul") {
          const [u, v] = formula.args as [Formula, Formula];
          const [left, right] = [value(u), value(v)];
          const code = masked(this.arithmetic.madd(left, right, get(local)));
          cell.run(set(local, code, apply("add", name(sum), formula)));
        } else add(local, formula, sum);
      };
      /** Adds to a sum over columns, all of whose lanes count. */
      const accumulateRow = mask ? add : accumulate;

      /** Adds to the sum over rows that lies at `word`; it stays in a register from the first row to the last. */
      const accumulateColumn = (word: string, slot: string, formula: Formula) => {
        const place = this.stream(word, "row", this.columnsAt(word, slot));
        let local = columnSumsHeld.get(word);
        if (!local) {
          local = f.local("vector");
          columnSumsHeld.set(word, local);
          cell.run(set(local, vector.load(place, this.here.along), word));
        }
        accumulate(local, formula, word);
        if (k === last) cell.run(vector.store(place, get(local), this.here.along));
      };

      this.nextTraces(define, value, matrix, masked, cell);
      if (spec.direction === "forward") {
        if (spec.read) accumulateColumn("z", "slot:z", apply("mul", name(readInput), formulas.weight));
        continue;
      }
      // Memory is touched in this order for the sake of registers: each value is loaded just before the store that it is
      // for, and sums over a row come last, where the compiler behind WebAssembly puts them in any case.
      const accumulateGradients = (late: boolean) => {
        for (const { of, rate, formula } of formulas.sums) {
          if (rate !== "connection" || this.needsAdjoint(formula) !== late) continue;
          const place = this.stream(`sum:${of}`, "matrix", this.gradientAt(of));
          const local = f.local("vector");
          cell.run(set(local, vector.load(place, this.here.offset), `sum:${of}`));
          accumulate(local, formula, `sum:${of}`);
          cell.run(vector.store(place, get(local), this.here.offset));
        }
      };
      accumulateGradients(false);
      for (const trace of rule.traces) {
        define(incoming(trace), vector.load(matrix(`adjoint:${trace}`), this.here.offset));
        const code = value(formulas.adjoint[trace]!);
        define(complete(trace), code);
      }
      accumulateGradients(true);
      const outgoing = rule.traces.map((trace) => value(formulas.outgoing[trace]!));
      rule.traces.forEach((trace, i) => {
        cell.run(
          vector.store(matrix(`adjoint:${trace}`), masked(this.flushed(outgoing[i]!)), this.here.offset),
        );
      });
      for (const { of, formula } of columnSums) accumulateColumn(`sum:${of}`, `slot:${of}`, formula);
      for (const [key, sum] of formulas.rowSums) accumulateRow(rowSums.get(key)![k]!, sum, named(key));
      if (rowSums.size > 0 && looping) cell.run(this.separator());
    }
    return seq(post.code, ...cells.map((cell) => cell.code));
  }

  /** Defines, for one row and vector, the traces before and after the update, and stores what the device keeps. */
  private nextTraces(
    define: (key: string, code: Code) => Local,
    value: (formula: Formula) => Code,
    matrix: (word: string) => Code,
    masked: (code: Code) => Code,
    cell: Scope,
  ): void {
    const { spec, formulas } = this;
    const { traces } = spec.rule;
    const { offset } = this.here;
    if (!spec.update || spec.inverse) {
      for (const trace of traces) define(renewed(trace), vector.load(matrix(`from:${trace}`), offset));
      if (spec.inverse && formulas.previous) {
        const code = value(formulas.previous);
        const local = define(traces[0]!, code);
        cell.run(vector.store(matrix(`to:${traces[0]!}`), masked(get(local)), offset));
      }
      return;
    }
    for (const trace of traces) define(trace, vector.load(matrix(`from:${trace}`), offset));
    // Simultaneous assignment: every new value is computed from the old ones.
    const next = traces.map((trace) => value(formulas.next[trace]!));
    traces.forEach((trace, i) => {
      const local = define(renewed(trace), spec.direction === "forward" ? this.flushed(next[i]!) : next[i]!);
      if (spec.direction === "forward")
        cell.run(vector.store(matrix(`to:${trace}`), masked(get(local)), offset));
    });
  }

  private needsAdjoint(formula: Formula): boolean {
    const names = namesIn(formula);
    return this.spec.rule.traces.some((trace) => names.has(complete(trace)));
  }

  private flushed(code: Code): Code {
    return this.spec.flush ? vector.sub(vector.add(code, splat(flushing)), splat(flushing)) : code;
  }

  /** The end of a vector's work, for the sake of sums over a row. */
  private separator(): Code {
    const [stream] = this.streams.values();
    this.separators++;
    return separator(stream!.pointer, this.separators);
  }
  private separators = 0;

  /** The row of the block that code is being emitted for, and byte offsets from its pointers: in matrices, in vectors. */
  private here = { offset: 0, along: 0, row: 0 };

  /** Where every name of the formulas comes from. Traces and adjoints are defined for each cell by `columns`. */
  private sources(): Record<string, Source> {
    const { rule } = this.spec;
    const table: Record<string, Source> = {};
    const inner = (key: string): Source => ({
      rate: "connection",
      load: () => {
        throw new Error(`${key} is used before it is defined`);
      },
    });
    for (const trace of rule.traces)
      for (const key of [trace, renewed(trace), incoming(trace), complete(trace)]) table[key] = inner(key);
    for (const [key, { per }] of Object.entries(rule.params)) {
      const word = `param:${key}`;
      if (per === "layer") table[key] = { rate: "layer", load: () => vector.loadSplat(this.word(word)) };
      else if (per === "post")
        table[key] = {
          rate: "post",
          load: () =>
            vector.load(this.stream(word, "row", this.base(word, this.word(word))), this.here.along),
        };
      else
        table[key] = {
          rate: "connection",
          load: () =>
            vector.load(this.stream(word, "matrix", this.base(word, this.word(word))), this.here.offset),
        };
    }
    const perRow = (word: string): Source => ({
      rate: "pre",
      load: () => vector.loadSplat(this.rowAt(word), 4 * this.here.row),
    });
    const perColumn = (word: string): Source => ({
      rate: "post",
      load: () => vector.load(this.stream(word, "row", this.columnsAt(word, null)), this.here.along),
    });
    table.pre = perRow("vector:pre");
    table.post = perColumn("vector:post");
    for (const [signal, rate] of Object.entries(rule.signals)) {
      const word = `vector:${signal}`;
      table[signal] =
        rate === "post"
          ? perColumn(word)
          : {
              rate: "episode",
              load: () =>
                vector.loadSplat(
                  i32.add(this.word(word), i32.mul(get(this.b), i32.const(this.signalStride))),
                ),
            };
    }
    table[readInput] = perRow("x");
    table[readAdjoint] = perColumn("dz");
    return table;
  }

  private rate(of: string): Rate {
    return this.formulas.sums.find((sum) => sum.of === of)!.rate;
  }
  /** Bytes from one row of so many numbers to the next. */
  private strideBytes(cols: number): number {
    return strideOf(cols, this.f.target) * 4;
  }
  private word(key: string): Code {
    const index = this.words.indexOf(key);
    if (index < 0) throw new Error(`this sweep has no argument ${key}`);
    return word(index, key);
  }
  /** The pointer into a stream at this row block, registered on first use. */
  private stream(key: string, of: Stream["of"], base: Local): Code {
    let stream = this.streams.get(key);
    if (!stream) {
      stream = { pointer: this.f.local("i32"), base, of };
      this.streams.set(key, stream);
    }
    return get(stream.pointer);
  }
  private base(key: string, code: Code): Local {
    let base = this.bases.get(key);
    if (!base) {
      base = { local: this.f.local("i32"), code };
      this.bases.set(key, base);
    }
    return base.local;
  }
  /** A trace or its adjoint in episode b. */
  private matrixAt(word: string): Local {
    return this.base(word, this.inEpisode(word, this.matrixBytes));
  }
  /** The gradient of a connection parameter, in this thread's slot. */
  private gradientAt(of: string): Local {
    return this.base(`sum:${of}`, this.inSlot(this.word(`sum:${of}`), `slot:${of}`));
  }
  /** The number at row r of a [batch, pre] vector of episode b. */
  private rowAt(word: string): Code {
    const base = this.base(word, this.inEpisode(word, this.strideBytes(this.spec.pre)));
    return i32.add(get(base), i32.shl(get(this.r), i32.const(2)));
  }
  /** Episode b of a [batch, post] vector; sums over rows: in this thread's slot. A parameter has one row for all episodes. */
  private columnsAt(word: string, slot: string | null): Local {
    const isParameter = word.startsWith("sum:") && word.slice(4) in this.spec.rule.params;
    const at = isParameter ? this.word(word) : this.inEpisode(word, this.rowBytes);
    return this.base(word, slot ? this.inSlot(at, slot) : at);
  }
  private inEpisode(word: string, bytes: number): Code {
    return i32.add(this.word(word), i32.mul(get(this.b), i32.const(bytes)));
  }
  private inSlot(at: Code, slot: string): Code {
    return i32.add(at, i32.mul(get(this.thread), this.word(slot)));
  }
}
