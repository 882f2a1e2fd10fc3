import { blockShape } from "../block.js";
import type { Buffer, ColumnBlock } from "../device.js";
import { rowArguments } from "../loops/rows.js";
import { vectorBytes, wholeVectors } from "../loops/target.js";
import { own } from "./buffer.js";
import type { WorkSplit } from "./command.js";
import type { Kernels } from "./kernels.js";
import type { Program } from "./program.js";

/** Writes the commands that move rows and blocks of columns. */
export class Rows {
  constructor(
    private readonly program: Program,
    private readonly kernels: Kernels,
  ) {}

  /** `batch`: as many rows as this are one of each episode. */
  gather(table: Buffer, indexes: Buffer, out: Buffer, batch: number): void {
    expectIndexes("gatherRows", table, indexes, out);
    const [source, numbers, target] = [own(table), own(indexes), own(out)];
    const { bytes, ...words } = this.tableWords(table, indexes);
    this.program.push({
      kernel: this.kernels.rows.gather,
      split: splitOf(out.rows, out.rows * out.cols, batch),
      words: rowArguments.gather.words({ ...words, bytes, out: target.address, outStride: target.stride }),
      reads: [source, numbers],
      writes: [target],
    });
  }

  scatter(from: Buffer, indexes: Buffer, table: Buffer): void {
    expectIndexes("scatterRows", table, indexes, from);
    const source = own(from);
    const { bytes, ...words } = this.tableWords(table, indexes);
    const { rows, cols } = from;
    this.program.push({
      kernel: this.kernels.rows.scatter,
      // A cache line at least: threads do not write into each other's.
      split: { by: "rows", extent: this.kernels.vectors(bytes), grain: 4, work: rows * cols },
      words: rowArguments.scatter.words({
        ...{ ...words, source: source.address, sourceStride: source.stride, rows },
      }),
      reads: [source, own(indexes)],
      writes: [own(table)],
    });
  }

  private tableWords(table: Buffer, indexes: Buffer) {
    const { address, stride, rows, cols } = own(table);
    const numbers = own(indexes);
    return {
      ...{ table: address, tableStride: stride, tableRows: rows },
      ...{ indexes: numbers.address, indexStride: numbers.stride },
      bytes: wholeVectors(cols, this.kernels.target),
    };
  }

  copyBlock(from: ColumnBlock, to: ColumnBlock, accumulate: boolean, batch: number): void {
    const shape = blockShape(from, to);
    const { rows, parts, columns } = shape;
    const place = ({ buffer, column }: ColumnBlock, isNarrow: boolean) => {
      const { address, stride } = own(buffer);
      const between = isNarrow ? [parts * stride, stride] : [stride, columns * 4];
      return [address + 4 * column, ...between] as [number, number, number];
    };
    const [source, sourceRow, sourcePart] = place(from, shape.fromIsNarrow);
    const [target, targetRow, targetPart] = place(to, shape.toIsNarrow);
    const vector = vectorBytes(this.kernels.target);
    const bytes = columns * 4;
    const vectors = bytes - (bytes % vector);
    // Of a buffer's last columns the padding after them must be zero. In a wide row it comes once, after the last part.
    const reachesEnd = to.column + to.columns === to.buffer.cols;
    const padding = reachesEnd ? wholeVectors(to.buffer.cols, this.kernels.target) - 4 * to.buffer.cols : 0;
    const words = {
      ...{ source, sourceRow, sourcePart, target, targetRow, targetPart },
      ...{ parts, vectors, rest: bytes - vectors, padding, accumulate: accumulate ? 1 : 0 },
    };
    this.program.push({
      kernel: this.kernels.rows.block,
      split: splitOf(rows, rows * parts * columns, batch),
      words: rowArguments.block.words(words),
      reads: [own(from.buffer)],
      writes: [own(to.buffer)],
    });
  }
}

const splitOf = (rows: number, work: number, batch: number): WorkSplit =>
  batch > 1 && rows === batch ? { by: "episodes", work } : { by: "rows", extent: rows, grain: 1, work };

function expectIndexes(where: string, table: Buffer, indexes: Buffer, rows: Buffer): void {
  if (indexes.rows === rows.rows && indexes.cols === 1 && rows.cols === table.cols) return;
  throw new RangeError(
    `${where}: indexes [${indexes.rows}, ${indexes.cols}] into [${table.rows}, ${table.cols}] do not go with ` +
      `[${rows.rows}, ${rows.cols}]`,
  );
}
