import type { ColumnBlock } from "./device.js";

/** How two blocks of columns lie to one another: `parts` rows of the narrow one are a row of the wide one. */
export interface BlockShape {
  /** Rows of the wide block. */
  readonly rows: number;
  readonly parts: number;
  /** Columns of the narrow block. */
  readonly columns: number;
  /** Whether each is the narrow one; both are, where their rows are alike. */
  readonly fromIsNarrow: boolean;
  readonly toIsNarrow: boolean;
}

/** Throws a RangeError unless both blocks lie within their buffers and have as many numbers, in whole rows of each other. */
export function blockShape(from: ColumnBlock, to: ColumnBlock): BlockShape {
  for (const [name, { buffer, column, columns }] of [
    ["from", from],
    ["to", to],
  ] as const) {
    if (column >= 0 && columns >= 1 && column + columns <= buffer.cols) continue;
    throw new RangeError(
      `copyBlock: columns ${column} to ${column + columns} of ${name} are not within its ${buffer.cols}`,
    );
  }
  const columns = Math.min(from.columns, to.columns);
  const parts = Math.max(from.columns, to.columns) / columns;
  const rows = Math.min(from.buffer.rows, to.buffer.rows);
  const [fromIsNarrow, toIsNarrow] = [from.columns === columns, to.columns === columns];
  const rowsOf = (isNarrow: boolean) => (isNarrow ? rows * parts : rows);
  if (from.buffer.rows !== rowsOf(fromIsNarrow) || to.buffer.rows !== rowsOf(toIsNarrow)) {
    const shapes = [from, to].map((block) => `[${block.buffer.rows}, ${block.columns}]`);
    throw new RangeError(
      `copyBlock: expected as many numbers on both sides, in rows that are whole rows of the other, got ${shapes.join(" and ")}`,
    );
  }
  return { rows, parts, columns, fromIsNarrow, toIsNarrow };
}
