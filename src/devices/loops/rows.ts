/** Kernels that move whole rows and blocks of columns: embeddings and their gradients, slices, heads. */
import { Arguments } from "./arguments.js";
import { type Code, forRange, get, increment, seq, set, when } from "./code.js";
import * as f32 from "./f32.js";
import * as i32 from "./i32.js";
import { splat } from "./math.js";
import { type FunctionBuilder, KernelModule, type Local } from "./module.js";
import { type Target, vectorBytes } from "./target.js";
import * as vector from "./vector.js";

/** The arguments of each kernel. Strides are in bytes, and so is what a row takes. */
export const rowArguments = {
  /** `from`, `to` count rows of `out`. */
  gather: new Arguments({
    ...{ table: "place", tableStride: "place", tableRows: "place" },
    ...{ indexes: "place", indexStride: "place", out: "place", outStride: "place", bytes: "place" },
  }),
  /** `from`, `to` count vectors of a row: so one thread alone adds to a number, in the order of the rows. */
  scatter: new Arguments({
    ...{ table: "place", tableStride: "place", tableRows: "place" },
    ...{ indexes: "place", indexStride: "place", source: "place", sourceStride: "place", rows: "place" },
  }),
  /** `from`, `to` count rows of the wide block. A part of a row has `vectors` bytes in whole vectors, then `rest` bytes. */
  block: new Arguments({
    ...{ source: "place", sourceRow: "place", sourcePart: "place" },
    ...{ target: "place", targetRow: "place", targetPart: "place" },
    ...{ parts: "place", vectors: "place", rest: "place" },
    /** Bytes of padding after a part, to be cleared; 1 to add, else it is written over. */
    ...{ padding: "place", accumulate: "place" },
  }),
} as const;
export type RowKernel = keyof typeof rowArguments;

/** Runs `body` for row `row` of a table, whose address is in `place`, if it has such a row, else `otherwise`. */
function inTable(row: Local, rows: Code, then: Code, otherwise: Code | null): Code {
  const isThere = i32.and(i32.ge(get(row), i32.const(0)), i32.lt(get(row), rows));
  return when(isThere, then, otherwise);
}

/** out[r] = table[indexes[r]] + 0 * indexes[r]: a number that is none makes the row none. */
function emitGather(f: FunctionBuilder): Code {
  const words = rowArguments.gather;
  const [, from, to] = f.params as [Local, Local, Local];
  const [r, row, at, source, out] = f.locals("i32", 5);
  const nothing = f.local("vector");
  const walk = (value: Code) =>
    forRange(
      at,
      i32.const(0),
      words.read("bytes"),
      vectorBytes(f.target),
      vector.store(i32.add(get(out), get(at)), value),
    );
  const index = () => i32.add(words.read("indexes"), i32.mul(get(r), words.read("indexStride")));
  return forRange(
    r,
    get(from),
    get(to),
    1,
    seq(
      set(row, i32.fromF32(f32.load(index()))),
      set(nothing, vector.mul(vector.loadSplat(index()), splat(0))),
      set(out, i32.add(words.read("out"), i32.mul(get(r), words.read("outStride")))),
      inTable(
        row,
        words.read("tableRows"),
        seq(
          set(source, i32.add(words.read("table"), i32.mul(get(row), words.read("tableStride")))),
          walk(vector.add(vector.load(i32.add(get(source), get(at))), get(nothing))),
        ),
        walk(splat(Number.NaN)),
      ),
    ),
  );
}

/** table[indexes[r]] += source[r], row after row. */
function emitScatter(f: FunctionBuilder): Code {
  const words = rowArguments.scatter;
  const [, from, to] = f.params as [Local, Local, Local];
  const [r, row, at, source, target, end] = f.locals("i32", 6);
  const bytes = (vectors: Local) => i32.mul(get(vectors), i32.const(vectorBytes(f.target)));
  const place = (base: "table" | "source", number: Local, stride: "tableStride" | "sourceStride") =>
    i32.add(words.read(base), i32.mul(get(number), words.read(stride)));
  const cell = (start: Local) => i32.add(get(start), get(at));
  return seq(
    set(end, bytes(to)),
    forRange(
      r,
      i32.const(0),
      words.read("rows"),
      1,
      seq(
        set(
          row,
          i32.fromF32(f32.load(i32.add(words.read("indexes"), i32.mul(get(r), words.read("indexStride"))))),
        ),
        inTable(
          row,
          words.read("tableRows"),
          seq(
            set(target, place("table", row, "tableStride")),
            set(source, place("source", r, "sourceStride")),
            forRange(
              at,
              bytes(from),
              get(end),
              vectorBytes(f.target),
              vector.store(cell(target), vector.add(vector.load(cell(target)), vector.load(cell(source)))),
            ),
          ),
          null,
        ),
      ),
    ),
  );
}

/** Parts of rows, of which no whole vector need be: the last numbers of each are moved one by one. */
function emitBlock(f: FunctionBuilder): Code {
  const words = rowArguments.block;
  const [, from, to] = f.params as [Local, Local, Local];
  const [r, part, k, source, target] = f.locals("i32", 5);
  const move = (adds: boolean): Code => {
    const vectorAt = vector.load(get(source));
    const numberAt = f32.load(get(source));
    const turn = (size: number, store: Code) => seq(store, increment(source, size), increment(target, size));
    const size = vectorBytes(f.target);
    return seq(
      forRange(
        k,
        i32.const(0),
        words.read("vectors"),
        size,
        turn(
          size,
          vector.store(get(target), adds ? vector.add(vector.load(get(target)), vectorAt) : vectorAt),
        ),
      ),
      forRange(
        k,
        i32.const(0),
        words.read("rest"),
        4,
        turn(4, f32.store(get(target), adds ? f32.add(f32.load(get(target)), numberAt) : numberAt)),
      ),
    );
  };
  const place = (
    base: "source" | "target",
    row: "sourceRow" | "targetRow",
    each: "sourcePart" | "targetPart",
  ) =>
    i32.add(
      words.read(base),
      i32.add(i32.mul(get(r), words.read(row)), i32.mul(get(part), words.read(each))),
    );
  const clear = forRange(
    k,
    i32.const(0),
    words.read("padding"),
    4,
    seq(f32.store(get(target), { kind: "number", type: "f32", value: 0 }), increment(target, 4)),
  );
  return forRange(
    r,
    get(from),
    get(to),
    1,
    forRange(
      part,
      i32.const(0),
      words.read("parts"),
      1,
      seq(
        set(source, place("source", "sourceRow", "sourcePart")),
        set(target, place("target", "targetRow", "targetPart")),
        when(words.read("accumulate"), move(true), seq(move(false), clear)),
      ),
    ),
  );
}

/** The module of these kernels. */
export function emitRows(target: Target): KernelModule<RowKernel> {
  const module = new KernelModule<RowKernel>(target);
  const kernels: Record<RowKernel, (f: FunctionBuilder) => Code> = {
    gather: emitGather,
    scatter: emitScatter,
    block: emitBlock,
  };
  for (const [name, emit] of Object.entries(kernels)) {
    const f = module.kernel(name as RowKernel);
    f.body = emit(f);
  }
  return module;
}
