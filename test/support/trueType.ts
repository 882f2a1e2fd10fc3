/** Advance widths of a TrueType font by code point, in units of which `unitsPerEm` are the font size. */
export interface FontWidths {
  readonly unitsPerEm: number;
  readonly widths: ReadonlyMap<number, number>;
  /** Of what the font has no sign for. */
  readonly missing: number;
}

/**
 * Reads the tables head, hhea, hmtx and cmap (subtable format 4).
 * Source: OpenType specification 1.9, chapters of those names.
 */
export function fontWidths(file: Uint8Array): FontWidths {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const tables = new Map<string, number>();
  for (let i = 0; i < view.getUint16(4); i++) {
    const record = 12 + 16 * i;
    const tag = String.fromCharCode(...file.subarray(record, record + 4));
    tables.set(tag, view.getUint32(record + 8));
  }
  const longMetrics = view.getUint16(tables.get("hhea")! + 34);
  const hmtx = tables.get("hmtx")!;
  const cmap = tables.get("cmap")!;
  const segments = cmap + view.getUint32(cmap + 8);
  const segCount = view.getUint16(segments + 6) / 2;
  const ends = segments + 14;
  const starts = ends + 2 * segCount + 2;
  const deltas = starts + 2 * segCount;
  const offsets = deltas + 2 * segCount;
  const widthOf = (glyph: number) => view.getUint16(hmtx + 4 * Math.min(glyph, longMetrics - 1));

  const widths = new Map<number, number>();
  for (let s = 0; s < segCount; s++) {
    const [start, end] = [view.getUint16(starts + 2 * s), view.getUint16(ends + 2 * s)];
    const [delta, offset] = [view.getUint16(deltas + 2 * s), view.getUint16(offsets + 2 * s)];
    for (let code = start; code <= end; code++) {
      const listed = offset === 0 ? code : view.getUint16(offsets + 2 * s + offset + 2 * (code - start));
      const glyph = listed === 0 ? 0 : (listed + delta) & 0xffff;
      if (glyph !== 0) widths.set(code, widthOf(glyph));
    }
  }
  return { unitsPerEm: view.getUint16(tables.get("head")! + 18), widths, missing: widthOf(0) };
}
