import { crc32, deflateSync } from "node:zlib";
import { applyPalette, quantize } from "gifenc";

/** Colours that are enough for a page that is lights on dark. */
const COLOURS = 128;

/** A PNG of at most 128 colours, a third as large as one of all. `rgba`: red, green, blue, alpha of each pixel, row by row. */
export function indexedPng(width: number, height: number, rgba: Uint8Array): Uint8Array {
  const palette = quantize(rgba, COLOURS);
  const pixels = applyPalette(rgba, palette);
  // Each row begins with how it is filtered: not at all.
  const rows = new Uint8Array((width + 1) * height);
  for (let row = 0; row < height; row++) {
    rows.set(pixels.subarray(row * width, (row + 1) * width), row * (width + 1) + 1);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // Eight bits a pixel, each the number of a colour.
  header.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk("IHDR", header),
    chunk("PLTE", Uint8Array.from(palette.flatMap((colour) => colour.slice(0, 3)))),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", new Uint8Array()),
  ]);
}

/** Length, type, content, checksum. */
function chunk(type: string, content: Uint8Array): Uint8Array {
  const named = Buffer.concat([Buffer.from(type), content]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}
