import { CODE_POINTS, MISSING, UNITS_PER_EM, WIDTHS } from "./fontWidths.js";

/**
 * The figures' font is Commissioner, of which only the widths are here: they say where text has room. An SVG shown without it
 * falls back to a system font of about the same width.
 */
export const FONT_FAMILY = "Commissioner, system-ui, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif";

export type Weight = keyof typeof WIDTHS;
/** What `font-weight` says for each. */
export const FONT_WEIGHTS: Readonly<Record<Weight, number>> = { regular: 400, bold: 600 };

const places = new Map(CODE_POINTS.flatMap(codesOf).map((code, k) => [code, k]));

/** The code points from one to another. */
function codesOf([first, last]: readonly [number, number]): number[] {
  return Array.from({ length: last - first + 1 }, (_, k) => first + k);
}

/** The width of a line of text in pixels at font size `size`, without kerning (which changes it by a pixel or two). */
export function textWidth(text: string, size: number, weight: Weight = "regular"): number {
  let units = 0;
  for (const char of text) {
    const place = places.get(char.codePointAt(0)!);
    units += place === undefined ? MISSING[weight] : WIDTHS[weight][place]!;
  }
  return (units / UNITS_PER_EM) * size;
}

/** Breaks text between words into lines of at most `width` pixels; a longer word is broken inside. "\n" breaks too. */
export function wrap(text: string, width: number, size: number, weight: Weight = "regular"): string[] {
  const fits = (line: string) => textWidth(line, size, weight) <= width;
  return text.split("\n").flatMap((paragraph) => {
    const lines: string[] = [];
    let line = "";
    for (const word of paragraph.split(" ")) {
      if (line !== "" && fits(`${line} ${word}`)) {
        line += ` ${word}`;
        continue;
      }
      if (line !== "") lines.push(line);
      line = "";
      for (const char of word) {
        if (line !== "" && !fits(line + char)) {
          lines.push(line);
          line = "";
        }
        line += char;
      }
    }
    return [...lines, line];
  });
}
