import { fontWidths } from "./trueType.js";

/** src/figures/fontWidths.ts as the two weights of a font make it, before the formatter has had it. */
export function fontWidthsText(regular: Uint8Array, bold: Uint8Array): string {
  const fonts = { regular: fontWidths(regular), bold: fontWidths(bold) };
  const codes = [...fonts.regular.widths.keys()].sort((a, b) => a - b);
  if (codes.some((code) => !fonts.bold.widths.has(code)) || fonts.bold.widths.size !== codes.length) {
    throw new Error("the weights of the font have not the same code points");
  }
  const ranges: [number, number][] = [];
  for (const code of codes) {
    if (ranges.at(-1)?.[1] === code - 1) ranges.at(-1)![1] = code;
    else ranges.push([code, code]);
  }
  const list = (weight: keyof typeof fonts) =>
    `${weight}: [${codes.map((code) => fonts[weight].widths.get(code)).join(", ")}]`;
  return `/**
 * Advance widths of Commissioner (SIL Open Font License 1.1), as its files have them: see font.test.ts, which compares, and
 * with HEBBIAN_RECORD=1 writes this file.
 */

/** So many units are the font size. */
export const UNITS_PER_EM = ${fonts.regular.unitsPerEm};

/** Of what the font has no sign for. */
export const MISSING = { regular: ${fonts.regular.missing}, bold: ${fonts.bold.missing} };

/** What it has signs for: code points, from and to. */
export const CODE_POINTS: readonly (readonly [number, number])[] = [
${ranges.map(([from, to]) => `  [${from}, ${to}],`).join("\n")}
];

/** Of each of them in turn. */
export const WIDTHS = {
  ${list("regular")},
  ${list("bold")},
};
`;
}
