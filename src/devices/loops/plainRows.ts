/**
 * The plain schedule of a pass: some rows side by side, one vector of columns after the other, everything in the order in which
 * the pass names it. Maps and lives have it; sweeps of training take more care of registers and of the order (sweep.ts).
 */
import { type Formula, keyOf, name } from "../../formulas/index.js";
import type { Input, Output, Pass } from "../passes/pass.js";
import { type Code, forRange, get, increment, memoryFill, nothing, seq, set, whileLoop } from "./code.js";
import { Expressions, Scope, sourcesOf } from "./expression.js";
import * as f32 from "./f32.js";
import * as i32 from "./i32.js";
import { flushed, splat, type VectorMath } from "./math.js";
import type { FunctionBuilder, Local } from "./module.js";
import { strideOf, vectorBytes, wholeVectors } from "./target.js";
import * as vector from "./vector.js";

/** Where numbers lie: so many bytes behind an address, or, where that is null, behind the beginning of memory. */
export interface Start {
  readonly base: Code | null;
  readonly offset: number;
}

/** Where a pass finds its numbers. */
export interface Places {
  readonly starts: Readonly<Record<string, Start>>;
  /** Bytes from the number of row 0 to that of the first row at hand; null where starts move with the rows. */
  readonly row: Code | null;
  /** Bytes from where a row begins to the vector at hand, and from where a matrix does. */
  readonly column: Local;
  readonly cell: Local;
  /** Bytes from one row of a matrix to the next, where several are taken at once. */
  readonly rowBytes: number;
  /** Inputs that do not lie in memory, by name. */
  readonly values?: Readonly<Record<string, Code>>;
}

/** The sum of two places, of which either may be none. */
const plus = (a: Code | null, b: Code | null): Code => (a && b ? i32.add(a, b) : (a ?? b ?? i32.const(0)));

export class PlainRows {
  /** The row of those at hand that code is being made for. */
  private row = 0;
  private readonly expressions: Expressions;
  /** Sums over the columns, of each row. */
  private readonly sums: ReadonlyMap<Output, readonly Local[]>;
  private readonly rows: readonly Scope[];

  /** `count`: rows at once; `layer`: what is computed once for all rows. */
  constructor(
    private readonly f: FunctionBuilder,
    math: VectorMath,
    private readonly pass: Pass,
    private readonly places: Places,
    private readonly layer: Scope,
    count: number,
  ) {
    this.rows = Array.from({ length: count }, () => new Scope());
    const sums = pass.outputs.filter(({ along }) => along !== "connection" && along !== "post");
    this.sums = new Map(sums.map((output) => [output, this.rows.map(() => f.local("vector"))]));
    this.expressions = new Expressions(
      f,
      math,
      sourcesOf(pass, (input) => places.values?.[input.name] ?? this.load(input)),
    );
  }

  /** What is computed once for the rows at hand; to be asked for when the code for their columns has been made. */
  get begin(): Code {
    const sums = [...this.sums.values()].flat();
    return seq(...this.rows.map((row) => row.code), ...sums.map((sum) => set(sum, splat(0))));
  }

  /** The vector of columns at hand, of all rows; `mask`: of the lanes that count, if not all do. */
  vector(mask: Code | null): Code {
    const cells = this.rows.map(() => new Scope());
    const columns = cells.length > 1 ? new Scope() : cells[0]!;
    const masked = (code: Code) => (mask ? vector.and(code, mask) : code);
    const columnSums = new Map<Output, Code>();
    cells.forEach((cell, k) => {
      this.row = k;
      const at = {
        layer: this.layer,
        episode: this.layer,
        pre: this.rows[k]!,
        post: columns,
        connection: cell,
      };
      const value = (formula: Formula) => this.expressions.value(formula, at);
      for (const { name: key, formula, flush } of this.pass.lets) {
        const code = value(formula);
        cell.add(keyOf(name(key)), this.f.local("vector"), flush ? flushed(code) : code, key);
      }
      // All values first, so that an output may lie where an input was.
      const values = this.pass.outputs.map(({ formula }) => masked(value(formula)));
      this.pass.outputs.forEach((output, i) => {
        const value = values[i]!;
        const sum = this.sums.get(output)?.[k];
        if (sum) {
          cell.run(set(sum, vector.add(get(sum), value)));
          return;
        }
        const [address, offset] = this.vectorAt(output);
        const isMatrix = output.along === "connection";
        const before =
          columnSums.get(output) ?? (isMatrix && !output.adds ? null : vector.load(address, offset));
        const after = before ? vector.add(before, value) : value;
        // A sum over rows is written once they are all in it.
        if (isMatrix || k === cells.length - 1) cell.run(vector.store(address, after, offset));
        else columnSums.set(output, after);
      });
    });
    return seq(columns === cells[0] ? seq() : columns.code, ...cells.map((cell) => cell.code));
  }

  /** Writes the sums over the rows' columns; `finish` those over everything. */
  end(finish: (output: Output, sum: Code) => Code): Code {
    const ofRows: Code[] = [];
    const ofAll: Code[] = [];
    for (const [output, locals] of this.sums) {
      locals.forEach((local, k) => {
        this.row = k;
        const sum = vector.sum(local);
        if (output.along !== "pre") ofAll.push(finish(output, sum));
        else ofRows.push(putNumber(this.numberAt(output), sum, output.adds));
      });
    }
    return seq(...ofRows, ...ofAll);
  }

  private load(input: Input): Code {
    const isVector = input.along === "connection" || input.along === "post";
    return isVector ? vector.load(...this.vectorAt(input)) : vector.loadSplat(...this.numberAt(input));
  }

  private vectorAt({ at, along }: Input | Output): Place {
    const { column, cell, rowBytes, starts } = this.places;
    const { base, offset } = starts[at]!;
    if (along === "post") return [plus(base, get(column)), offset];
    return [plus(base, get(cell)), offset + this.row * rowBytes];
  }

  private numberAt({ at, along }: Input | Output): Place {
    const { row, starts } = this.places;
    const { base, offset } = starts[at]!;
    return along === "pre" ? [plus(base, row), offset + 4 * this.row] : [plus(base, null), offset];
  }
}

type Place = readonly [address: Code, offset: number];
const putNumber = ([address, offset]: Place, value: Code, adds: boolean): Code =>
  f32.store(address, adds ? f32.add(f32.load(address, offset), value) : value, offset);

/**
 * All rows of a pass whose sizes are known, of one episode, `count` rows at a time and from the first to the last: so sums over
 * rows are added up in that order, whatever `count` is.
 */
export function everyRow(
  f: FunctionBuilder,
  math: VectorMath,
  pass: Pass,
  { starts, values }: Pick<Places, "starts" | "values">,
  count: number,
): Code {
  const { pre, post } = pass.axes as { readonly pre: number; readonly post: number };
  const { lanes } = f.target;
  const rowBytes = strideOf(post, f.target) * 4;
  const [r, first, column, cell] = f.locals("i32", 4);
  const layer = new Scope();
  const sums = pass.outputs.filter(({ how }) => how === "sum");
  const ofColumns = sums.some(({ along }) => along !== "post" && along !== "connection");
  // Padding is computed with the rest, unless it would get into a sum.
  const tail = ofColumns ? post % lanes : 0;
  const bytes = (columns: number) => wholeVectors(columns, f.target);
  const block = (size: number): Code => {
    const places = { starts, values, row: i32.mul(get(r), i32.const(4)), column, cell, rowBytes };
    const rows = new PlainRows(f, math, pass, places, layer, size);
    const at = (mask: Code | null) => seq(set(cell, i32.add(get(first), get(column))), rows.vector(mask));
    const [whole, rest] = [at(null), tail > 0 ? at(vector.mask(tail)) : nothing];
    const end = rows.end(({ at: place }, sum) => putNumber(startOf(starts[place]!), sum, true));
    return seq(
      rows.begin,
      set(first, i32.mul(get(r), i32.const(rowBytes))),
      forRange(column, i32.const(0), i32.const(bytes(post - tail)), vectorBytes(f.target), whole),
      // The column is behind the whole vectors now.
      rest,
      end,
    );
  };
  const inBlocks = pre - (pre % count);
  const many = inBlocks > 0 ? block(count) : nothing;
  const single = pre > inBlocks ? block(1) : nothing;
  return seq(
    ...sums
      .filter(({ adds, along }) => !adds && along !== "pre")
      .map(({ at, along }) => {
        const [address, offset] = startOf(starts[at]!);
        const size = along === "post" ? rowBytes : 4;
        return memoryFill(i32.add(address, i32.const(offset)), i32.const(0), i32.const(size));
      }),
    layer.code,
    forRange(r, i32.const(0), i32.const(inBlocks), count, many),
    whileLoop(i32.lt(get(r), i32.const(pre)), seq(single, increment(r, 1))),
  );
}

const startOf = ({ base, offset }: Start): Place => [plus(base, null), offset];
