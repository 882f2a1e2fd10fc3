import type { Buffer, MatmulOptions, Pair } from "../device.js";
import { productArguments } from "../loops/products.js";
import { wholeVectors } from "../loops/target.js";
import { type EngineBuffer, own } from "./buffer.js";
import type { WorkSplit } from "./command.js";
import type { Kernels } from "./kernels.js";
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

/** Writes the commands of dense matrix products. */
export class Products {
  constructor(
    private readonly program: Program,
    private readonly kernels: Kernels,
    private readonly sums: Sums,
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
    const work = out.rows * out.cols * inner;
    const byEpisode = out.rows === batch && batch > 1;
    // Few rows cannot be shared out, but their columns can.
    const byColumns = !byEpisode && out.rows < 4 * this.threads && this.program.isShared(work);
    const { target } = this.kernels;
    const columns = transposeB ? cols : Math.ceil(cols / target.lanes);
    const split: WorkSplit = byEpisode
      ? { by: "episodes", work }
      : byColumns
        ? { by: "rows", extent: columns, grain: 8, work }
        : { by: "rows", extent: out.rows, grain: 4, work };
    const [to, left, right] = [own(out), own(a), own(b)];
    const common = {
      ...{ out: to.address, outStride: to.stride, aStride: left.stride },
      ...{ accumulate: accumulate ? 1 : 0, byColumns: byColumns ? 1 : 0, rows: out.rows },
    };
    // Backwards: from the end, with steps of the other sign.
    const sign = descending ? -1 : 1;
    const skipped = descending ? inner - 1 : 0;
    const { products } = this.kernels;
    const [kernel, words] = transposeB
      ? [
          products.matmulTransposed,
          productArguments.matmulTransposed.words({
            ...{ ...common, a: left.address, b: right.address, bStride: right.stride },
            ...{ inner: wholeVectors(inner, target), columns: cols },
          }),
        ]
      : [
          products.matmul,
          productArguments.matmul.words({
            ...{ ...common, a: left.address + skipped * 4, b: right.address + skipped * right.stride },
            ...{ bStride: sign * right.stride, aStep: sign * 4 },
            ...{ inner, columns: wholeVectors(cols, target) },
          }),
        ];
    this.program.push({ kernel, split, words, reads: [left, right], writes: [to] });
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
    if (byEpisode) this.outerSumByEpisode(target, pairs);
    else this.outerSumByRow(target, pairs);
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
