/**
 * Rows of text in columns as wide as their widest cell, two characters in and three apart; lines end where their text does.
 * `right`: columns whose cells end together instead of beginning together.
 */
export function textColumns(
  rows: readonly (readonly string[])[],
  { right = [] }: { readonly right?: readonly number[] } = {},
): string {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, k) => Math.max(...rows.map((row) => row[k]?.length ?? 0)));
  return rows
    .map((row) => {
      const cells = row.map((cell, k) =>
        right.includes(k) ? cell.padStart(widths[k]!) : cell.padEnd(widths[k]!),
      );
      return `  ${cells.join("   ").trimEnd()}\n`;
    })
    .join("");
}
