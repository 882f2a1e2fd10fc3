/**
 * The plain schedule of a pass: some rows side by side, one vector of columns after the other, everything in the order in which
 * the pass names it. Maps and lives have it; sweeps of training take more care of registers and of the order (sweep.ts).
 */
import { keyOf, name } from "../../formulas/index.js";
import type { Output, Pass, PassInput } from "../passes/pass.js";
import { type Code, forRange, get, memoryFill, nothing, seq, set, when } from "./code.js";
import { Expressions, Scope } from "./expression.js";
import * as f32 from "./f32.js";
import * as i32 from "./i32.js";
import { flushed, splat, type VectorMath } from "./math.js";
import type { FunctionBuilder, Local } from "./module.js";
import { strideOf, vectorBytes, wholeVectors } from "./target.js";
import * as vector from "./vector.js";

/** Where a pass finds its numbers. */
export interface Places {
  /** The address of what lies at each place. */
  readonly starts: Readonly<Record<string, Code>>;
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

const isVector = ({ along }: PassInput | Output): boolean => along === "connection" || along === "post";
/** A number of each row that no column has a part in. */
const isOfRow = ({ along, how }: Output): boolean => along === "pre" && how === "store";

/** Where a number lies, for the row that is number `here` of those at hand. */
function addressIn(
  { starts, row, column, cell, rowBytes }: Places,
  place: PassInput | Output,
  here: number,
): [address: Code, offset: number] {
  const start = starts[place.at]!;
  switch (place.along) {
    case "connection":
      return [i32.add(start, get(cell)), here * rowBytes];
    case "post":
      return [i32.add(start, get(column)), 0];
    case "pre":
      return [row ? i32.add(start, row) : start, here * 4];
    default:
      return [start, 0];
  }
}

/** An input's value, for the row that is number `here` of those at hand. */
export function loadIn(places: Places, input: PassInput, here: number): Code {
  const load = isVector(input) ? vector.load : vector.loadSplat;
  return places.values?.[input.name] ?? load(...addressIn(places, input, here));
}

/**
 * The code for `count` rows at once; `layer`: what is computed once for all rows; `rows`: what is for each of them, where some of
 * it is known already.
 */
export function plainRows(
  f: FunctionBuilder,
  math: VectorMath,
  { inputs, reductions, lets, outputs }: Pick<Pass, "inputs" | "reductions" | "lets" | "outputs">,
  places: Places,
  layer: Scope,
  count: number,
  rows: readonly Scope[] = Array.from({ length: count }, () => new Scope()),
) {
  /** The row of those at hand that code is being made for. */
  let here = 0;
  const ofRows = outputs.filter(isOfRow);
  const ofColumns = outputs.filter((output) => !isOfRow(output));
  const locals = () => rows.map(() => f.local("vector"));
  /** Sums over the columns, of each row. */
  const sums = new Map(ofColumns.flatMap((output) => (isVector(output) ? [] : [[output, locals()]])));
  const addressOf = (place: PassInput | Output) => addressIn(places, place, here);
  const expressions = new Expressions(f, math, { inputs, reductions, lets }, (input) =>
    loadIn(places, input, here),
  );

  return {
    /** What is computed once for the rows at hand; to be asked for when the code for their columns has been made. */
    begin: (): Code =>
      seq(...rows.map(({ code }) => code), ...[...sums.values()].flat().map((sum) => set(sum, splat(0)))),

    /** Whether any output needs the columns. */
    hasColumns: ofColumns.length > 0,

    /** Writes what is of the rows themselves; to be asked for before `begin`. */
    ofRows: (): Code =>
      seq(
        ...rows.flatMap((pre, k) => {
          here = k;
          return ofRows.map((output) => {
            const at = { layer, episode: layer, pre, post: pre, connection: pre };
            const value = vector.extract(0, expressions.value(output.formula, at));
            const [address, offset] = addressOf(output);
            return f32.store(
              address,
              output.adds ? f32.add(f32.load(address, offset), value) : value,
              offset,
            );
          });
        }),
      ),

    /** The vector of columns at hand, of all rows; `mask`: of the lanes that count, if not all do. */
    vector(mask: Code | null): Code {
      const cells = rows.map(() => new Scope());
      const post = count > 1 ? new Scope() : cells[0]!;
      const columnSums = new Map<Output, Code>();
      cells.forEach((connection, k) => {
        here = k;
        const at = { layer, episode: layer, pre: rows[k]!, post, connection };
        for (const { name: key, formula, flush } of lets) {
          const code = expressions.value(formula, at);
          connection.add(keyOf(name(key)), f.local("vector"), flush ? flushed(code) : code, key);
        }
        // All values first, so that an output may lie where an input was.
        const all = ofColumns.map(({ formula }) => expressions.value(formula, at));
        ofColumns.forEach((output, i) => {
          const value = mask ? vector.and(all[i]!, mask) : all[i]!;
          const sum = sums.get(output)?.[k];
          if (sum) {
            connection.run(set(sum, vector.add(get(sum), value)));
            return;
          }
          const [address, offset] = addressOf(output);
          const isMatrix = output.along === "connection";
          const before =
            columnSums.get(output) ?? (isMatrix && !output.adds ? null : vector.load(address, offset));
          const after = before ? vector.add(before, value) : value;
          // A sum over rows is written once they are all in it.
          if (isMatrix || k === count - 1) connection.run(vector.store(address, after, offset));
          else columnSums.set(output, after);
        });
      });
      return seq(...(count > 1 ? [post, ...cells] : cells).map(({ code }) => code));
    },

    /** Writes the sums over the rows' columns; `finish` those over everything. */
    end(finish: (start: Code, sum: Code) => Code): Code {
      const code: Code[] = [];
      for (const [output, each] of sums)
        each.forEach((local, k) => {
          here = k;
          const [address, offset] = addressOf(output);
          const sum = vector.sum(local);
          code.push(
            output.along === "pre"
              ? f32.store(address, output.adds ? f32.add(f32.load(address, offset), sum) : sum, offset)
              : finish(address, sum),
          );
        });
      return seq(...code);
    },
  };
}

/**
 * All rows of a pass whose sizes are known, of one episode, `count` rows at a time and from the first to the last: so sums over
 * rows are added up in that order, whatever `count` is. `addresses`: the address of what lies at each place. Rows at hand whose
 * numbers at the place `skipped` are all 0 are left out: for sums of products with them, to which these rows add nothing.
 */
export function everyRow(
  f: FunctionBuilder,
  math: VectorMath,
  pass: Pick<Pass, "axes" | "inputs" | "lets" | "outputs">,
  addresses: Readonly<Record<string, Code>>,
  count: number,
  values: Places["values"] = {},
  skipped?: string,
): Code {
  const { pre, post } = pass.axes as { readonly pre: number; readonly post: number };
  const rowBytes = strideOf(post, f.target) * 4;
  const [r, first, column, cell] = f.locals("i32", 4);
  const layer = new Scope();
  const starts: Record<string, Code> = {};
  const setup = Object.entries(addresses).map(([at, address]) => {
    const start = f.local("i32");
    starts[at] = get(start);
    return set(start, address);
  });
  const sums = pass.outputs.filter(({ how }) => how === "sum");
  // Padding is computed with the rest, unless it would get into a sum.
  const tail = sums.every(isVector) ? 0 : post % f.target.lanes;
  const block = (size: number): Code => {
    const places = { starts, values, row: i32.mul(get(r), i32.const(4)), column, cell, rowBytes };
    const rows = plainRows(f, math, pass, places, layer, size);
    const at = (mask: Code | null) => seq(set(cell, i32.add(get(first), get(column))), rows.vector(mask));
    const whole = at(null);
    const rest = tail > 0 ? at(vector.mask(tail)) : nothing;
    const end = rows.end((start, sum) => f32.store(start, f32.add(f32.load(start), sum)));
    const bytes = wholeVectors(post - tail, f.target);
    const code = seq(
      rows.begin(),
      set(first, i32.mul(get(r), i32.const(rowBytes))),
      forRange(column, i32.const(0), i32.const(bytes), vectorBytes(f.target), whole),
      // The column is behind the whole vectors now.
      rest,
      end,
    );
    if (skipped === undefined) return code;
    // As bits: -0 and NaN are none that may be left out.
    const zeros = Array.from({ length: size }, (_, here) =>
      i32.eq(i32.load(i32.add(starts[skipped]!, places.row), here * 4), i32.const(0)),
    ).reduce((sum, isZero) => i32.add(sum, isZero));
    return when(i32.lt(zeros, i32.const(size)), code);
  };
  const rest = pre % count;
  const many = pre > rest ? block(count) : nothing;
  const single = rest > 0 ? block(1) : nothing;
  const clear = ({ at, along }: Output) =>
    memoryFill(starts[at]!, i32.const(0), i32.const(along === "post" ? rowBytes : 4));
  return seq(
    ...setup,
    ...sums.filter(({ adds, along }) => !adds && along !== "pre").map(clear),
    layer.code,
    forRange(r, i32.const(0), i32.const(pre - rest), count, many),
    forRange(r, i32.const(pre - rest), i32.const(pre), 1, single),
  );
}
