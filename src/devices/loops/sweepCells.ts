/** One vector of columns of a block of rows: which value is computed when, and what is touched in memory for it. */
import { call as apply, type Formula, keyOf, name, namesIn, type Rate } from "../../formulas/index.js";
import type { Let, Output, Pass } from "../passes/pass.js";
import { type Code, get, separator, seq, set } from "./code.js";
import { type Expressions, Scope, type Scopes } from "./expression.js";
import { type Arithmetic, flushed, splat } from "./math.js";
import type { FunctionBuilder, Local } from "./module.js";
import { columnSum, type SweepPlaces } from "./sweepPlaces.js";
import * as vector from "./vector.js";

/** What a sweep's code is made with. */
export interface Workshop {
  readonly f: FunctionBuilder;
  readonly pass: Pass;
  readonly places: SweepPlaces;
  readonly expressions: Expressions;
  readonly arithmetic: Arithmetic;
  /** What is computed once a call, and once an episode. */
  readonly layer: Scope;
  readonly episode: Scope;
}

/** Each output of a pass, by when its turn comes. */
export function turnsOf({ lets, outputs, columnSums = [] }: Pass) {
  const renewing = lets.filter(({ renews }) => renews !== undefined);
  const later = lets.filter(({ renews }) => renews === undefined);
  const along = (rate: Rate, how: Output["how"]) =>
    outputs.filter((output) => output.along === rate && output.how === how);
  const names = (of: readonly Let[], formula: Formula) => {
    const found = namesIn(formula);
    return of.some((each) => found.has(each.name));
  };
  const stores = along("connection", "store");
  /** What is written as soon as a value is known: the value itself. */
  const storeOf = (each: Let) =>
    stores.find(({ formula }) => formula.kind === "name" && formula.name === each.name);
  const atOnce = renewing.map(storeOf);
  const matrixSums = along("connection", "sum");
  return {
    renewing: renewing.map((each, k) => ({ ...each, store: atOnce[k] })),
    /** Sums for each connection that need nothing of the later values. */
    early: matrixSums.filter(({ formula }) => !names(later, formula)),
    later,
    late: matrixSums.filter(({ formula }) => names(later, formula)),
    stores: stores.filter((output) => !atOnce.includes(output)),
    columnSums: [
      ...along("post", "sum").filter(({ terms }) => terms.length === 0),
      ...columnSums.map(columnSum),
    ],
  };
}

export class SweepCells {
  private readonly turns;
  private separators = 0;

  constructor(private readonly shop: Workshop) {
    this.turns = turnsOf(shop.pass);
  }

  /**
   * So many lanes of the vector that lies `which` vectors after the pointers, for all rows of a block, in the order of
   * `order`. `looping`: this is a part of a loop's body, not of what follows it. `rowSums`: by name, one for each row.
   */
  vectorOf(
    rows: readonly Scope[],
    order: readonly number[],
    { lanes, which, looping }: { readonly lanes: number; readonly which: number; readonly looping: boolean },
    rowSums: ReadonlyMap<string, readonly Local[]>,
  ): Code {
    const { f, pass, places, layer, episode } = this.shop;
    const post = new Scope();
    const held = new Map<Output, Local>();
    const mask = lanes < f.target.lanes ? vector.mask(lanes) : null;
    const masked = (code: Code) => (mask ? vector.and(code, mask) : code);
    const cells = order.map((k) => {
      const cell = new Scope();
      const at: Scopes = { layer, episode, pre: rows[k]!, post, connection: cell };
      places.here = { row: k, vector: which };
      const emit = new CellEmitter(this.shop, at, masked);
      emit.assign(this.turns.renewing);
      for (const output of this.turns.early) emit.addToMatrix(output);
      for (const each of this.turns.later) emit.define(each);
      for (const output of this.turns.late) emit.addToMatrix(output);
      emit.storeAll(this.turns.stores);
      for (const output of this.turns.columnSums) emit.addToColumn(output, held, k === order.at(-1));
      for (const sum of pass.rowSums) {
        const local = rowSums.get(sum.name)![k]!;
        // All lanes of a sum over columns count, so what is behind the last column must not be added to it.
        if (mask) emit.add(local, sum.formula, sum.name);
        else emit.accumulate(local, sum.formula, sum.name);
      }
      // Sums over a row end a vector's work.
      if (pass.rowSums.length > 0 && looping) cell.run(this.separator());
      return cell;
    });
    return seq(post.code, ...cells.map((cell) => cell.code));
  }

  private separator(): Code {
    const [stream] = this.shop.places.streams.values();
    this.separators++;
    return separator(stream!.pointer, this.separators);
  }
}

/**
 * What is done at one vector of one row. Memory is touched in an order that spares registers: each value is loaded just before
 * the store that it is for, and sums over a row come last, where the compiler behind WebAssembly puts them in any case.
 */
class CellEmitter {
  private readonly cell: Scope;

  constructor(
    private readonly shop: Workshop,
    private readonly at: Scopes,
    private readonly masked: (code: Code) => Code,
  ) {
    this.cell = at.connection;
  }

  /** Values that renew inputs: every one is computed from the old ones, then they are stored. */
  assign(lets: readonly (Let & { readonly store: Output | undefined })[]): void {
    this.load(...lets.map(({ formula }) => formula));
    const values = lets.map(({ formula }) => this.value(formula));
    lets.forEach((each, k) => {
      const local = this.named(each.name, each.flush ? flushed(values[k]!) : values[k]!);
      if (each.store) this.store(each.store, get(local));
    });
  }

  define({ name, formula, flush }: Let): void {
    this.load(formula);
    const code = this.value(formula);
    this.named(name, flush ? flushed(code) : code);
  }

  /** Adds to what lies in memory for this connection. */
  addToMatrix(output: Output): void {
    this.load(output.formula);
    const [pointer, offset] = this.shop.places.vectorAt(output);
    const local = this.shop.f.local("vector");
    this.cell.run(set(local, vector.load(pointer, offset), output.at));
    this.accumulate(local, output.formula, output.at);
    this.cell.run(vector.store(pointer, get(local), offset));
  }

  storeAll(outputs: readonly Output[]): void {
    const values = outputs.map(({ formula }) => this.value(formula));
    outputs.forEach((output, k) => {
      this.store(output, output.flush ? flushed(values[k]!) : values[k]!);
    });
  }

  /** Adds to a sum over rows; it stays in a register from the first row to the last. */
  addToColumn(output: Output, held: Map<Output, Local>, isLast: boolean): void {
    this.load(output.formula);
    const [pointer, offset] = this.shop.places.vectorAt(output);
    let local = held.get(output);
    if (!local) {
      local = this.shop.f.local("vector");
      held.set(output, local);
      const start = !isLast && this.mayMeet(output) ? splat(0) : vector.load(pointer, offset);
      this.cell.run(set(local, start, output.at));
    } else if (isLast && this.mayMeet(output)) {
      this.accumulate(local, output.formula, output.at);
      this.cell.run(vector.store(pointer, vector.add(vector.load(pointer, offset), get(local)), offset));
      return;
    }
    this.accumulate(local, output.formula, output.at);
    if (isLast) this.cell.run(vector.store(pointer, get(local), offset));
  }

  /**
   * Whether another sum of these columns may be added to the same numbers (the adjoint of a trace of neurons, say, as what was read
   * with and what was learned from): then what lies there must be taken only when the sum is complete.
   */
  private mayMeet({ adds }: Output): boolean {
    return adds && this.shop.pass.outputs.filter((each) => each.along === "post" && each.adds).length > 1;
  }

  /** Adds to a sum whose lanes behind the last column are zero, and stay so. */
  accumulate(local: Local, formula: Formula, sum: string): void {
    if (formula.kind !== "call" || formula.fn !== "mul") {
      this.add(local, formula, sum);
      return;
    }
    const [left, right] = formula.args.map((factor) => this.value(factor)) as [Code, Code];
    const code = this.masked(this.shop.arithmetic.madd(left, right, get(local)));
    this.cell.run(set(local, code, apply("add", name(sum), formula)));
  }

  add(local: Local, formula: Formula, sum: string): void {
    const code = this.masked(this.value(formula));
    this.cell.run(set(local, vector.add(get(local), code), apply("add", name(sum), formula)));
  }

  private value(formula: Formula): Code {
    return this.shop.expressions.value(formula, this.at);
  }

  /** Loads the matrices of this episode that formulas name, before anything is computed. */
  private load(...formulas: readonly Formula[]): void {
    const names = new Set(formulas.flatMap((formula) => [...namesIn(formula)]));
    for (const input of this.shop.pass.inputs) {
      if (input.own && input.along === "connection" && names.has(input.name)) this.value(name(input.name));
    }
  }

  /** A value by its name. */
  private named(key: string, code: Code): Local {
    const local = this.shop.f.local("vector");
    this.cell.add(keyOf(name(key)), local, code, key);
    return local;
  }

  private store(output: Output, code: Code): void {
    const [pointer, offset] = this.shop.places.vectorAt(output);
    this.cell.run(vector.store(pointer, this.masked(code), offset));
  }
}
