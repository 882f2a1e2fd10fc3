import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/**
 * The figures' own font, so that a PNG looks the same on every machine: Commissioner (SIL Open Font License 1.1).
 * An SVG shown elsewhere falls back to a system font of about the same width.
 */
export const FONT_FAMILY = "Commissioner, system-ui, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif";

const load = (file: string) =>
  readFileSync(createRequire(import.meta.url).resolve(`@expo-google-fonts/commissioner/${file}`));
const files = {
  regular: load("400Regular/Commissioner_400Regular.ttf"),
  bold: load("600SemiBold/Commissioner_600SemiBold.ttf"),
};

export type Weight = keyof typeof files;
export const FONT_FILES: readonly Uint8Array[] = Object.values(files);
/** What `font-weight` says for each. */
export const FONT_WEIGHTS: Readonly<Record<Weight, number>> = { regular: 400, bold: 600 };

/** Advance widths of a TrueType font, in fractions of the font size. */
type Widths = (codePoint: number) => number;

/**
 * Reads the widths from the tables head, hhea, hmtx and cmap (subtable format 4).
 * Source: OpenType specification 1.9, chapters of those names.
 */
function widthsOf(file: Uint8Array): Widths {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const tables = new Map<string, number>();
  for (let i = 0; i < view.getUint16(4); i++) {
    const record = 12 + 16 * i;
    const tag = String.fromCharCode(...file.subarray(record, record + 4));
    tables.set(tag, view.getUint32(record + 8));
  }
  const unitsPerEm = view.getUint16(tables.get("head")! + 18);
  const longMetrics = view.getUint16(tables.get("hhea")! + 34);
  const hmtx = tables.get("hmtx")!;
  const cmap = tables.get("cmap")!;
  const segments = cmap + view.getUint32(cmap + 8);
  const segCount = view.getUint16(segments + 6) / 2;
  const ends = segments + 14;
  const starts = ends + 2 * segCount + 2;
  const deltas = starts + 2 * segCount;
  const offsets = deltas + 2 * segCount;

  function glyphOf(code: number): number {
    for (let s = 0; s < segCount; s++) {
      if (code > view.getUint16(ends + 2 * s)) continue;
      const start = view.getUint16(starts + 2 * s);
      if (code < start) return 0;
      const delta = view.getUint16(deltas + 2 * s);
      const offset = view.getUint16(offsets + 2 * s);
      if (offset === 0) return (code + delta) & 0xffff;
      const glyph = view.getUint16(offsets + 2 * s + offset + 2 * (code - start));
      return glyph === 0 ? 0 : (glyph + delta) & 0xffff;
    }
    return 0;
  }
  return (code) => view.getUint16(hmtx + 4 * Math.min(glyphOf(code), longMetrics - 1)) / unitsPerEm;
}

const widths: Readonly<Record<Weight, Widths>> = {
  regular: widthsOf(files.regular),
  bold: widthsOf(files.bold),
};

/** The width of a line of text in pixels at font size `size`, without kerning (which changes it by a pixel or two). */
export function textWidth(text: string, size: number, weight: Weight = "regular"): number {
  let width = 0;
  for (const char of text) width += widths[weight](char.codePointAt(0)!);
  return width * size;
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
