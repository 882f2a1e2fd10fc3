/** What may stand in a cell; null is an empty one. */
export type Cell = string | number | null;

/**
 * A line of a CSV file, its newline included: text in quotes where it has to be, numbers as JavaScript writes them, which
 * every reader takes back to the same bits. Source: RFC 4180, with "\n" for its line breaks, as most programs write it.
 */
export const csvRow = (cells: readonly Cell[]): string => `${cells.map(cellText).join(",")}\n`;

function cellText(cell: Cell): string {
  if (cell === null) return "";
  const text = String(cell);
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
