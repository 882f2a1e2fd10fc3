import type { Buffer, MatmulOptions, Pair } from "../device.js";
import { packedRowBytes } from "../loops/pack.js";
import { productArguments } from "../loops/products.js";
import { wholeVectors } from "../loops/target.js";
import { type EngineBuffer, own } from "./buffer.js";
import type { WorkSplit } from "./command.js";
import type { Kernels } from "./kernels.js";
import type { Packing } from "./packing.js";
import type { Program } from "./program.js";
import type { Sums } from "./sums.js";

/** Entries of a table: pairs beyond that are another command. */
const longestTable = 60_000;
/** From so many pairs on, and up to such a size, each thread adds up its own episodes' pairs, while they are in its cache. */
const pairsByEpisode = 16;
const bytesByEpisode = 64 * 1024;

interface ProductOptions extends MatmulOptions {
  /** Sums run from the last row of b to the first. Not with `transposeB`. */
  readonly descending?: boolean;
}

/** So many rows at least, and numbers of the other factor, make up for packing it. */
const packing = { rows: 48, numbers: 8192, rowsToTranspose: 192 };
/** Rows of a factor that a tile goes down before the next: of a packed one, they lie one after the other. */
const depth = { packed: 512, plain: 128 };
/**
 * A packed factor whose rows at a time have more bytes than `from` is gone through in panels of so many, each of which stays in the
 * second cache while all rows of the other factor pass.
 */
const panels = { from: 2 * 1024 * 1024, bytes: 192 * 1024 };

/** Writes the commands of dense matrix products. */
export class Products {
  constructor(
    private readonly program: Program,
    private readonly kernels: Kernels,
    private readonly sums: Sums,
    private readonly packing: Packing,
    private readonly threads: number,
  ) {}

  /** `batch`: as many rows as this are one of each episode. */
  matmul(out: Buffer, a: Buffer, b: Buffer, options: ProductOptions, batch: number): void {
    const { transposeB = false, accumulate = false, descending = false } = options;
    const inner = transposeB ? b.cols : b.rows;
    const cols = transposeB ? b.rows : b.cols;
    if (a.cols !== inner || out.rows !== a.rows || out.cols !== cols) {
      throw new RangeError(
        `matmul: [${a.rows}, ${a.cols}] @ [${inner}, ${cols}] cannot give [${out.rows}, ${out.cols}]`,
      );
    }
    const byEpisode = out.rows === batch && batch > 1;
    const [to, left, right] = [own(out), own(a), own(b)];
    if (transposeB && (byEpisode || out.rows < packing.rowsToTranspose)) {
      this.matmulTransposed(to, left, right, accumulate, byEpisode);
      return;
    }
    this.product(to, left, right, {
      ...{ inner, transposeB, accumulate, descending, byEpisode },
      ...{ aStride: left.stride, aStep: 4 },
    });
  }

  /** out (+)= a @ b, where a has `aStride` bytes from row to row and `aStep` from number to number of it. */
  private product(
    out: EngineBuffer,
    a: EngineBuffer,
    b: EngineBuffer,
    factors: Required<ProductOptions> &
      Readonly<{ inner: number; aStride: number; aStep: number; byEpisode: boolean }>,
  ): void {
    const { inner, aStride, aStep, byEpisode, transposeB, accumulate, descending } = factors;
    const { target, products } = this.kernels;
    const packs =
      transposeB || (!byEpisode && out.rows >= packing.rows && inner * out.cols >= packing.numbers);
    const place = transposeB ? this.packing.transposed(b) : packs ? this.packing.columns(b) : b.address;
    const bStride = packs ? packedRowBytes(target) : b.stride;
    const columns = wholeVectors(out.cols, target);
    const rows = Math.min(inner, depth.packed);
    const isLarge = packs && rows * columns > panels.from;
    const panel = isLarge ? bStride * Math.ceil(panels.bytes / (bStride * rows)) : columns;
    // Backwards: from the end, with steps of the other sign.
    const sign = descending ? -1 : 1;
    const skipped = descending ? inner - 1 : 0;
    const { split, ...region } = this.regionOf(out, inner, Math.ceil(out.cols / target.lanes), byEpisode);
    const words = productArguments.matmul.words({
      ...{ ...region, out: out.address, outStride: out.stride, accumulate: accumulate ? 1 : 0 },
      ...{ a: a.address + skipped * aStep, aStride, aStep: sign * aStep },
      ...{ b: place + skipped * bStride, bStride: sign * bStride, spread: packs ? inner : 1 },
      ...{ inner, columns, depth: packs ? depth.packed : depth.plain, panel },
    });
    this.program.push({ kernel: products.matmul, split, words, reads: packs ? [a] : [a, b], writes: [out] });
  }

  private matmulTransposed(
    out: EngineBuffer,
    a: EngineBuffer,
    b: EngineBuffer,
    accumulate: boolean,
    byEpisode: boolean,
  ): void {
    const { split, ...region } = this.regionOf(out, a.cols, out.cols, byEpisode);
    const words = productArguments.matmulTransposed.words({
      ...{ ...region, out: out.address, outStride: out.stride, accumulate: accumulate ? 1 : 0 },
      ...{ a: a.address, aStride: a.stride, b: b.address, bStride: b.stride },
      ...{ inner: wholeVectors(a.cols, this.kernels.target), columns: out.cols },
    });
    const kernel = this.kernels.products.matmulTransposed;
    this.program.push({ kernel, split, words, reads: [a, b], writes: [out] });
  }

  /** How a product is shared out: few rows cannot be, but their columns (so many units of them) can. */
  private regionOf({ rows, cols }: Buffer, inner: number, columns: number, byEpisode: boolean) {
    const work = rows * cols * inner;
    const byColumns = !byEpisode && rows < 4 * this.threads && this.program.isShared(work);
    const split: WorkSplit = byEpisode
      ? { by: "episodes", work }
      : byColumns
        ? { by: "rows", extent: columns, grain: 8, work }
        : { by: "rows", extent: rows, grain: 4, work };
    return { split, byColumns: byColumns ? 1 : 0, rows };
  }

  /** `batch`: as many rows as this are one of each episode. */
  outerSum(out: Buffer, pairs: readonly Pair[], batch: number): void {
    for (const { x, d } of pairs) {
      if (x.cols !== out.rows || d.cols !== out.cols || x.rows !== d.rows) {
        throw new RangeError(
          `outerSum: [${x.rows}, ${x.cols}]^T @ [${d.rows}, ${d.cols}] cannot give [${out.rows}, ${out.cols}]`,
        );
      }
    }
    const target = own(out);
    const byEpisode =
      batch > 1 &&
      pairs.length >= pairsByEpisode &&
      target.bytes <= bytesByEpisode &&
      pairs.every(({ x }) => x.rows === batch);
    const [first] = pairs;
    if (byEpisode) this.outerSumByEpisode(target, pairs);
    // A transposed matrix times another one: its rows are as far from each other as its numbers are.
    else if (first && pairs.length === 1 && first.x.rows >= packing.rows) {
      const [x, d] = [own(first.x), own(first.d)];
      this.product(target, x, d, {
        ...{ inner: x.rows, aStride: 4, aStep: x.stride, byEpisode: false },
        ...{ transposeB: false, accumulate: true, descending: false },
      });
    } else this.outerSumByRow(target, pairs);
  }

  private outerSumByEpisode(target: EngineBuffer, pairs: readonly Pair[]): void {
    const [x, d] = [own(pairs[0]!.x), own(pairs[0]!.d)];
    const split: WorkSplit = { by: "episodes", work: pairs.length * x.rows * target.rows * target.cols };
    const table = pairs.flatMap((pair) => [own(pair.x).address, own(pair.d).address]);
    this.push(target, pairs, table, split, () => {
      const slots = this.threads > 1 ? this.sums.defer(target, false, false) : null;
      const strides = { xStride: x.stride, dStride: d.stride, slotStride: slots?.stride ?? 0 };
      return { out: slots?.address ?? target.address, rows: target.rows, ...strides };
    });
  }

  private outerSumByRow(target: EngineBuffer, pairs: readonly Pair[]): void {
    let table: number[] = [];
    const emit = () => {
      if (table.length === 0) return;
      const work = (table.length / 2) * target.rows * target.cols;
      const split: WorkSplit = { by: "rows", extent: target.rows, grain: 4, work };
      this.push(target, pairs, table, split, () => ({
        ...{ out: target.address, rows: 0, xStride: 0, dStride: 0, slotStride: 0 },
      }));
      table = [];
    };
    for (const { x, d } of pairs) {
      const [xs, ds] = [own(x), own(d)];
      for (let row = 0; row < x.rows; row++) {
        table.push(xs.address + row * xs.stride, ds.address + row * ds.stride);
        if (table.length >= longestTable) emit();
      }
    }
    emit();
  }

  private push(
    target: EngineBuffer,
    pairs: readonly Pair[],
    table: readonly number[],
    split: WorkSplit,
    places: () => Record<"out" | "rows" | "xStride" | "dStride" | "slotStride", number>,
  ): void {
    const { outerSum } = productArguments;
    this.program.push({
      kernel: this.kernels.products.outerSum,
      split,
      words: () =>
        outerSum.words({
          ...places(),
          ...{ stride: target.stride, table: 0, pairs: table.length / 2 },
          columns: wholeVectors(target.cols, this.kernels.target),
        }),
      table: { at: outerSum.indexOf("table"), words: table },
      reads: pairs.flatMap(({ x, d }) => [own(x), own(d)]),
      writes: [target],
    });
  }
}
