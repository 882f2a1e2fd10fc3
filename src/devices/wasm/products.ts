import type { Buffer, MatmulOptions, Pair } from "../device.js";
import type { Kernels } from "./kernels.js";
import { type EngineMemory, own } from "./memory.js";
import type { Program, Split } from "./program.js";
import type { Sums } from "./sums.js";

/** Argument words of a sum over pairs, before its table of pairs. */
const outerSumWords = 9;
/** Entries of a table: pairs beyond that are another command. */
const longestTable = 60_000;

interface ProductOptions extends MatmulOptions {
  /** Sums run from the last row of b to the first. Not with `transposeB`. */
  readonly descending?: boolean;
}

/** Writes the commands of dense matrix products. */
export class Products {
  constructor(
    private readonly memory: EngineMemory,
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
    const columns = transposeB ? cols : Math.ceil(cols / 4);
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
        Math.ceil(inner / 4) * 16,
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
      Math.ceil(cols / 4) * 16,
      ...flags,
      out.rows,
      sign * 4,
    ]);
  }

  outerSum(out: Buffer, pairs: readonly Pair[]): void {
    this.sums.settle();
    const target = own(out);
    target.used = true;
    let rows: number[] = [];
    const emit = () => {
      if (rows.length === 0) return;
      // Arguments and table side by side, so that one reservation covers both.
      const address = this.program.reserve(outerSumWords + rows.length);
      const table = address + outerSumWords * 4;
      const vectors = Math.ceil(out.cols / 4) * 16;
      const { i32 } = this.memory;
      i32.set([target.address, target.stride, table, rows.length / 2, vectors, 0, 0, 0, 0], address / 4);
      i32.set(rows, table / 4);
      const work = (rows.length / 2) * out.rows * out.cols;
      const split: Split = { by: "rows", extent: out.rows, grain: 4, work };
      this.program.pushAt(this.kernels.products.outerSum!, split, address);
      rows = [];
    };
    for (const { x, d } of pairs) {
      if (x.cols !== out.rows || d.cols !== out.cols || x.rows !== d.rows) {
        throw new RangeError(
          `outerSum: [${x.rows}, ${x.cols}]^T @ [${d.rows}, ${d.cols}] cannot give [${out.rows}, ${out.cols}]`,
        );
      }
      const [xs, ds] = [own(x), own(d)];
      for (let row = 0; row < x.rows; row++) {
        rows.push(xs.address + row * xs.stride, ds.address + row * ds.stride);
        if (rows.length >= longestTable) emit();
      }
    }
    emit();
  }
}
