import type { BlockShape } from "../block.js";
import type { ReferenceBuffer } from "./matrix.js";

/** The numbers of the rows that are asked for. Throws RangeError for one that the table does not have. */
function rowNumbers(where: string, table: ReferenceBuffer, indexes: ReferenceBuffer): number[] {
  return Array.from(indexes.data, (index, r) => {
    if (Number.isInteger(index) && index >= 0 && index < table.rows) return index;
    throw new RangeError(
      `${where}: index ${r} must be a whole number from 0 to ${table.rows - 1}, got ${index}`,
    );
  });
}

/** out[r] = table[indexes[r]]. */
export function gatherRows(table: ReferenceBuffer, indexes: ReferenceBuffer, out: ReferenceBuffer): void {
  const { cols } = table;
  rowNumbers("gatherRows", table, indexes).forEach((index, r) => {
    out.data.set(table.data.subarray(index * cols, (index + 1) * cols), r * cols);
  });
}

/** table[indexes[r]] += from[r]. */
export function scatterRows(from: ReferenceBuffer, indexes: ReferenceBuffer, table: ReferenceBuffer): void {
  const { cols } = table;
  rowNumbers("scatterRows", table, indexes).forEach((index, r) => {
    for (let c = 0; c < cols; c++) table.data[index * cols + c]! += from.data[r * cols + c]!;
  });
}

/** Copies or adds every number of a block, as `shape` says, from column `fromColumn` on to column `toColumn`. */
export function copyBlock(
  { rows, parts, columns, fromIsNarrow, toIsNarrow }: BlockShape,
  [from, fromColumn]: readonly [ReferenceBuffer, number],
  [to, toColumn]: readonly [ReferenceBuffer, number],
  accumulate: boolean,
): void {
  const place = (buffer: ReferenceBuffer, column: number, isNarrow: boolean, row: number, part: number) =>
    isNarrow ? (row * parts + part) * buffer.cols + column : row * buffer.cols + column + part * columns;
  for (let row = 0; row < rows; row++) {
    for (let part = 0; part < parts; part++) {
      const source = place(from, fromColumn, fromIsNarrow, row, part);
      const target = place(to, toColumn, toIsNarrow, row, part);
      for (let c = 0; c < columns; c++) {
        to.data[target + c] = from.data[source + c]! + (accumulate ? to.data[target + c]! : 0);
      }
    }
  }
}
