import type { Buffer, MatmulOptions, Pair } from "../device.js";
import type { Machine } from "../engine/machine.js";
import { wholeVectors } from "../loops/target.js";
import type { Kernels } from "./kernels.js";
import { own, type WasmBuffer } from "./memory.js";
import type { Program, Split } from "./program.js";
import type { Sums } from "./sums.js";

/** Argument words of a sum over pairs, before its table of pairs. */
const outerSumWords = 9;
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
    private readonly machine: Machine,
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
    this.sums.settleIfDeferred([out, a, b]);
    own(out).used = true;
    const work = out.rows * out.cols * inner;
    const byEpisode = out.rows === batch && batch > 1;
    // Few rows cannot be shared out, but their columns can.
    const byColumns = !byEpisode && out.rows < 4 * this.threads && this.program.isShared(work);
    const { target } = this.machine;
    const columns = transposeB ? cols : Math.ceil(cols / target.lanes);
    const split: Split = byEpisode
      ? { by: "episodes", work }
      : byColumns
        ? { by: "rows", extent: columns, grain: 8, work }
        : { by: "rows", extent: out.rows, grain: 4, work };
    if (!byEpisode) this.sums.settle();
    const [to, left, right] = [own(out), own(a), own(b)];
    const flags = [accumulate ? 1 : 0, byColumns ? 1 : 0];
    const { matmul, matmulTransposed } = this.kernels.products;
    if (transposeB) {
      const places = [to.address, left.address, right.address, to.stride, left.stride, right.stride];
      this.program.push(matmulTransposed!, split, [
        ...places,
        wholeVectors(inner, target),
        cols,
        ...flags,
        out.rows,
      ]);
      return;
    }
    // Backwards: from the end, with steps of the other sign.
    const sign = descending ? -1 : 1;
    const skipped = descending ? inner - 1 : 0;
    this.program.push(matmul!, split, [
      to.address,
      left.address + skipped * 4,
      right.address + skipped * right.stride,
      to.stride,
      left.stride,
      sign * right.stride,
      inner,
      wholeVectors(cols, target),
      ...flags,
      out.rows,
      sign * 4,
    ]);
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
    target.used = true;
    const byEpisode =
      batch > 1 &&
      pairs.length >= pairsByEpisode &&
      target.bytes <= bytesByEpisode &&
      pairs.every(({ x }) => x.rows === batch);
    if (byEpisode) this.outerSumByEpisode(target, pairs);
    else this.outerSumByRow(target, pairs);
  }

  private outerSumByEpisode(target: WasmBuffer, pairs: readonly Pair[]): void {
    this.sums.settleIfDeferred([target, ...pairs.flatMap(({ x, d }) => [x, d])]);
    const slots = this.threads > 1 ? this.sums.defer(target, false, false) : null;
    const table = pairs.flatMap(({ x, d }) => [own(x).address, own(d).address]);
    const [x, d] = [own(pairs[0]!.x), own(pairs[0]!.d)];
    const strides = [x.stride, d.stride, slots?.stride ?? 0];
    const split: Split = { by: "episodes", work: pairs.length * x.rows * target.rows * target.cols };
    this.pushOuterSum(slots?.address ?? target.address, target, table, split, [target.rows, ...strides]);
  }

  private outerSumByRow(target: WasmBuffer, pairs: readonly Pair[]): void {
    this.sums.settle();
    let table: number[] = [];
    const emit = () => {
      if (table.length === 0) return;
      const work = (table.length / 2) * target.rows * target.cols;
      const split: Split = { by: "rows", extent: target.rows, grain: 4, work };
      this.pushOuterSum(target.address, target, table, split, [0, 0, 0, 0]);
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

  private pushOuterSum(
    to: number,
    { stride, cols }: WasmBuffer,
    table: readonly number[],
    split: Split,
    byEpisode: readonly number[],
  ): void {
    const { memory, target } = this.machine;
    // Arguments and table side by side, so that one reservation covers both.
    const address = this.program.reserve(outerSumWords + table.length);
    const tableAddress = address + outerSumWords * target.wordBytes;
    const words = [to, stride, tableAddress, table.length / 2, wholeVectors(cols, target), ...byEpisode];
    memory.writeWords(address, words);
    memory.writeWords(tableAddress, table);
    this.program.pushAt(this.kernels.products.outerSum!, split, address);
  }
}
